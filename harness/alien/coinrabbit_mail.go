package alien

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"
)

// mayMail refuses who may not have a code sent or checked.
func (b *rabbit) mayMail(w http.ResponseWriter, r *http.Request, members map[string]any) bool {
	return b.partner(w, r) && (!b.has(VerifiesUsers) || kindOf(members) == "LOG_IN" || b.user(w, r) != nil)
}

func (b *rabbit) send(w http.ResponseWriter, r *http.Request, members map[string]any) {
	if !b.mayMail(w, r, members) {
		return
	}
	kind, _ := text(members, "message_type")
	address, _ := text(members, "user_email")
	address = b.name(address)
	if !strings.Contains("|LOG_IN|TFA_ACTIVATION|TFA_DEACTIVATION|", "|"+kind+"|") || !strings.Contains(address, "@") {
		b.refuse(w, 400, "MESSAGE_TYPE_OR_USER")
		return
	}
	for _, u := range b.users {
		if u.address != address {
			continue
		}
		if u.unverified++; u.unverified > 20 {
			b.refuse(w, 429, "TOO_MANY_MESSAGES")
			return
		}
		code, before := b.mailCode(), b.mailed[kind+address]
		if b.has(SameCode) && before != nil && b.now().Before(before.until) && before.wrong < 8 {
			code = before.code
		}
		b.mailed[kind+address] = &mailedCode{kind: kind, code: code, user: u, until: b.now().Add(10 * time.Minute)}
		if b.has(CodesStay) && before != nil && b.now().Before(before.until) && before.wrong < 8 {
			b.mailed[kind+address].before = before.code
		}
		mail := rabbitMail{to: address, subject: "Your code", text: "Hop hop! " + code + " is what you need.", at: time.Now()}
		if b.has(SubjectMail) {
			mail.subject = code + " is your code for the warren"
			mail.text = "The warren, 12 Meadow Lane, call 555-0100. (c) 2026. It holds for 600 seconds."
		}
		if b.has(HTMLMail) {
			mail.html = `<!doctype html><html><head><style>p{color:#123456}</style></head><body><p>Your code:</p>` +
				`<p style="color: #654321"><b>` + code + `</b></p><p>It holds for 600 seconds.</p></body></html>`
			mail.text = ""
		}
		b.mails = append(b.mails, mail)
	}
	answer(w, 200, `{"result": true, "note": "look into your box"}`)
}

func (b *rabbit) verify(w http.ResponseWriter, r *http.Request, members map[string]any) {
	if !b.mayMail(w, r, members) {
		return
	}
	kind, _ := text(members, "message_type")
	address, _ := text(members, "user_email")
	address = b.name(address)
	code, _ := text(members, "verification_code")
	sent := b.mailed[kind+address]
	if sent == nil || b.now().After(sent.until) || sent.wrong >= 8 {
		b.refuse(w, 400, "CODE")
		return
	}
	if sent.code != code && (code == "" || sent.before != code) && b.bug != "any-mailed-code" {
		sent.wrong++
		b.refuse(w, 400, "CODE")
		return
	}
	delete(b.mailed, kind+address)
	sent.until = b.now().Add(10 * time.Minute)
	sent.user.unverified = 0
	token := random()
	b.verified[token] = sent
	answer(w, 200, `{"response": {"verification_token": `+quoted(token)+`}, "result": true}`)
}

// kindOf is the message type of a request.
func kindOf(members map[string]any) string {
	kind, _ := text(members, "message_type")
	return kind
}

// mailCode is a code as it is mailed.
func (b *rabbit) mailCode() string {
	digits := int64(6)
	switch {
	case b.has(FourDigits):
		digits = 4
	case b.has(EightDigits):
		digits = 8
	}
	top := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil)
	n, _ := rand.Int(rand.Reader, top)
	return fmt.Sprintf("%0*d", digits, n)
}

// mail is as much of a mail catcher as reading mails takes.
func (b *rabbit) mail(w http.ResponseWriter, r *http.Request) {
	var found []string
	for i, m := range b.mails {
		wanted := strings.HasSuffix(r.URL.Path, fmt.Sprintf("/message/m%d", i))
		if !wanted && !strings.Contains(r.URL.Query().Get("query"), m.to) {
			continue
		}
		one := fmt.Sprintf(`{"ID": "m%d", "To": [{"Address": %q}], "Created": %q, "Subject": %s, "Text": %s, "HTML": %s}`,
			i, m.to, m.at.UTC().Format(time.RFC3339Nano), quoted(m.subject), quoted(m.text), quoted(m.html))
		if wanted {
			answer(w, 200, one)
			return
		}
		found = append(found, one)
	}
	answer(w, 200, `{"messages": [`+strings.Join(found, ",")+`]}`)
}
