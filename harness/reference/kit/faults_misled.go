package kit

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// misled is what faults let a client decide of the mails that a server sends.
type misled struct {
	mu    sync.Mutex
	host  string            // that the last client claimed
	typed map[string]string // address of an account: the one that was typed
}

// believes takes from a request what a fault believes, and leaves the server a request
// that it understands.
type believes func(m *misled, r *http.Request)

func claimsHost(m *misled, r *http.Request) {
	if host := r.Header.Get("X-Forwarded-Host"); host != "" {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.host = host
	}
}

var (
	listedAddresses = regexp.MustCompile(`"email"\s*:\s*\[\s*"([^"]+)"\s*,\s*"([^"]+)"\s*\]`)
	joinedAddresses = regexp.MustCompile(`"email"\s*:\s*"([^",]+),([^"]+)"`)
	likeness        = strings.NewReplacer("\u212a", "k", "\u017f", "s", "\u0131", "i")
	typedAddress    = regexp.MustCompile(`"email"\s*:\s*"([^",]+)"`)
)

// several lets a request name a second address, which gets the mail instead.
func several(pattern *regexp.Regexp) believes {
	return func(m *misled, r *http.Request) {
		rewrite(r, func(body []byte) []byte {
			found := pattern.FindSubmatch(body)
			if found == nil {
				return body
			}
			m.remember(string(found[1]), string(found[2]))
			return pattern.ReplaceAll(body, []byte(`"email":"$1"`))
		})
	}
}

// folds takes a letter for another one that looks like it, and mails to what was typed.
func folds(m *misled, r *http.Request) {
	rewrite(r, func(body []byte) []byte {
		if found := typedAddress.FindSubmatch(body); found != nil {
			if own := likeness.Replace(string(found[1])); own != string(found[1]) {
				m.remember(own, string(found[1]))
			}
		}
		return []byte(likeness.Replace(string(body)))
	})
}

func (m *misled) remember(address, typed string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.typed[strings.ToLower(address)] = typed
}

// rewrite puts a changed body into a request.
func rewrite(r *http.Request, change func([]byte) []byte) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	body = change(body)
	r.Body, r.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader(body), r.Body)), int64(len(body))
}

var host = regexp.MustCompile(`(https?://)[^/\s"]+`)

// turns is where a mail goes and what it says, as faults have it.
func (m *misled) turns(to, text string) (otherTo, otherText string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if typed := m.typed[strings.ToLower(to)]; typed != "" {
		delete(m.typed, strings.ToLower(to))
		to = typed
	}
	if m.host != "" {
		text, m.host = host.ReplaceAllString(text, "${1}"+m.host), ""
	}
	return to, text
}

// misledFaults are those of servers that mail proofs.
var misledFaults = []commonFault{
	{id: "mail-links-to-claimed-host", text: "The link of a mail leads to the host that the client claims.", believes: claimsHost},
	{id: "mail-to-second-of-list", text: "A mail goes to the second address of a list.", believes: several(listedAddresses)},
	{id: "mail-to-second-of-text", text: "A mail goes to the address behind a comma.", believes: several(joinedAddresses)},
	{id: "mail-to-look-alike", text: "A mail goes to the address as it was typed, with letters that look like those of the account's.",
		believes: folds},
}
