package family

import (
	"context"
	"slices"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/otp"
)

// CodeSubject is an operation that takes a one-time code. Each hostile value is
// made from a code that is right at that moment, so that only its form is wrong.
type CodeSubject struct {
	Operation *contract.Operation
	Member    string // of the body, which carries the code
	IDPrefix  string // of the clause ids: "barong.otp."

	// Ready prepares an account of its own for each batch of values.
	Ready func(context.Context) CodeTrial
	// Done, when not nil, gives the account of a batch back: each batch then waits for one
	// account, and not for as many as there are batches.
	Done func(context.Context, CodeTrial)
	// PerAccount is how many wrong codes one account may send before a limit could
	// be what rejects them; 0 is any number.
	PerAccount int
	// Accounts is how many accounts there are for values that are made of an account's own
	// secret; nil is any number.
	Accounts func() int

	// State makes the clauses; clause.Graded unless set.
	State func(id string, op *contract.Operation, outcome contract.Outcome, options ...clause.Option) clause.Clause
	// Forms are the families to state, by slug; all unless set.
	Forms []string
	// Exceptions are where the subject departs from the table, by slug.
	Exceptions map[string]CodeException
}

// CodeTrial is an account with a right and unused code.
type CodeTrial struct {
	By      *conform.Actor
	Right   string
	Control func() conform.Request // carries Right
	// Codes makes the account's codes.
	Codes *otp.Kit
	// Accepted says of a text that it would be a right code too, which a hostile
	// value can be by chance. Nil asks for no such value.
	Accepted func(text string) bool
}

// CodeException is what one subject does differently for one form. What is not
// set stays as the table has it.
type CodeException struct {
	ID      string // in place of the slug in the clause id
	Outcome contract.Outcome
	Rows    []string
	State   func(id string, op *contract.Operation, outcome contract.Outcome, options ...clause.Option) clause.Clause
	Options []clause.Option
}

// CodeForm is one family of hostile values of a one-time code.
type CodeForm struct {
	Slug    string
	Rows    []string // of the catalogue of checks; see otp.Variant.Check
	What    string   // completes "POST /path rejects "
	Outcome contract.Outcome

	keep func(otp.Variant) bool
	of   func(codes *otp.Kit, right string) []otp.Variant // makes the values; otp.Hostile unless set
}

// CodeForms are all families of hostile values. "padded" is "padded-inside" and
// "padded-outside" in one; a subject states it or the other two.
func CodeForms() []CodeForm {
	const wrong, wrongType = contract.SecondFactorWrong, contract.InvalidType
	return []CodeForm{
		{"magic", []string{"I04"}, "placeholder values such as zeros, null or true in place of a one-time code", wrong, isText, nil},
		{"padded", []string{"I10"}, "a valid one-time code with white space or a dash in or around it", wrong, isText, nil},
		{"padded-inside", []string{"I10"}, "a valid one-time code with a space, a dash or a zero-width space in it", wrong, isPaddedInside, nil},
		{"padded-outside", []string{"I10"}, "a valid one-time code with white space around it", wrong, isPaddedOutside, nil},
		{"other-digits", []string{"I11"}, "a valid one-time code written in the digits of other scripts", wrong, isText, nil},
		{"length", []string{"I12"}, "a valid one-time code that is cut short or made longer", wrong, isText, nil},
		{"number-syntax", []string{"I13"}, "a valid one-time code in the syntax of other numbers", wrong, isText, nil},
		{"joined", []string{"I14"}, "a valid one-time code joined to guesses in one text", wrong, isText, nil},
		{"markers", []string{"I15"}, "wildcards, quotes and control characters in place of or after a one-time code", wrong, isText, nil},
		{"json-number", []string{"I05", "I06", "I13"}, "a one-time code that is a JSON number", wrongType, isNotText, nil},
		{"json-array", []string{"I07"}, "a one-time code that is a JSON array", wrongType, isNotText, nil},
		{"json-object", []string{"I08"}, "a one-time code that is a JSON object", wrongType, isNotText, nil},
		{"json-boolean", []string{"I09"}, "a one-time code that is a JSON boolean", wrongType, isNotText, nil},
		{"alike", []string{"T06"}, "codes that resemble the right one in most of their digits, or are made of its secret in another way",
			wrong, isText, (*otp.Kit).Alike},
	}
}

func isText(v otp.Variant) bool {
	_, text := v.Value.(string)
	return text
}

func isNotText(v otp.Variant) bool { return !isText(v) }

// isPaddedInside holds for padding inside a code, and for padding of a kind that
// no trimming removes.
func isPaddedInside(v otp.Variant) bool {
	return slices.Contains([]string{"inner space", "inner dash", "leading zero-width space"}, v.Name)
}

func isPaddedOutside(v otp.Variant) bool { return isText(v) && !isPaddedInside(v) }

// Codes states of an operation that it rejects each form of hostile value.
func Codes(s *conform.Context, subject CodeSubject) {
	for _, form := range CodeForms() {
		if len(subject.Forms) > 0 && !slices.Contains(subject.Forms, form.Slug) {
			continue
		}
		form, c := subject.clause(form)
		It(subject.Operation.Name()+" rejects "+form.What, c, func(ctx SpecContext) {
			if form.of != nil { // each account has values of its own
				subject.sendAlike(ctx, s, form)
				return
			}
			for batch := range batches(form.names(), subject.PerAccount) {
				right := subject.send(ctx, s, form, batch)
				// As a number, a code that begins with 0 is a shorter one: that of a code
				// with all its digits has to be rejected in any case.
				for slices.Contains(form.Rows, "I05") && right[0] == '0' {
					right = subject.send(ctx, s, form, batch)
				}
			}
		})
	}
}

// clause is the form as the subject has it, and its clause.
func (c CodeSubject) clause(form CodeForm) (CodeForm, clause.Clause) {
	id, state := form.Slug, clause.Graded
	if c.State != nil {
		state = c.State
	}
	exception := c.Exceptions[form.Slug]
	if exception.ID != "" {
		id = exception.ID
	}
	if exception.Outcome != "" {
		form.Outcome = exception.Outcome
	}
	if exception.Rows != nil {
		form.Rows = exception.Rows
	}
	if exception.State != nil {
		state = exception.State
	}
	return form, state(c.IDPrefix+id, c.Operation, form.Outcome, exception.Options...)
}

// batches cuts names into lists of a size; one list for size 0.
func batches(names []string, size int) func(func([]string) bool) {
	if size == 0 {
		size = len(names)
	}
	return slices.Chunk(names, size)
}

// send puts the named values made from one account's code, as far as that code
// has them, and returns the code.
func (c CodeSubject) send(ctx context.Context, s *conform.Context, form CodeForm, names []string) string {
	GinkgoHelper()
	trial := c.Ready(ctx)
	var changes []conform.Change
	for _, v := range form.Variants(trial.Right) {
		if text, is := v.Value.(string); is && trial.Accepted != nil && trial.Accepted(text) {
			continue
		}
		if slices.Contains(names, v.Name) {
			changes = append(changes, conform.Change{Name: v.Name, Of: func(r conform.Request) conform.Request { return r.With(c.Member, v.Value) }})
		}
	}
	if len(changes) > 0 { // otherwise the code of the moment has no such form
		s.Refuses(ctx, conform.Refusal{
			Operation: c.Operation, By: trial.By, Control: trial.Control, Changes: changes, Outcome: form.Outcome, OnlyAfter: true,
		})
	}
	c.done(ctx, trial)
	return trial.Right
}

// sendAlike puts the values that are made of an account's secret.
func (c CodeSubject) sendAlike(ctx context.Context, s *conform.Context, form CodeForm) {
	GinkgoHelper()
	accounts := 0
	if c.Accounts != nil {
		accounts = c.Accounts()
	}
	Spread(c.PerAccount, accounts, func() ([]otp.Variant, func([]otp.Variant)) {
		trial := c.Ready(ctx)
		return form.of(trial.Codes, trial.Right), func(share []otp.Variant) {
			GinkgoHelper()
			var changes []conform.Change
			latest := map[string]any{} // by name: a kit hands each code out once
			for _, v := range share {
				latest[v.Name] = v.Value
				of := func(r conform.Request) conform.Request { // made anew: the time step may have ended since
					for _, now := range form.of(trial.Codes, trial.Right) {
						latest[now.Name] = now.Value
					}
					return r.With(c.Member, latest[v.Name])
				}
				changes = append(changes, conform.Change{Name: v.Name, Of: of})
			}
			s.Refuses(ctx, conform.Refusal{
				Operation: c.Operation, By: trial.By, Control: trial.Control, Changes: changes, Outcome: form.Outcome, OnlyAfter: true,
			})
			c.done(ctx, trial)
		}
	})
}

func (c CodeSubject) done(ctx context.Context, trial CodeTrial) {
	if c.Done != nil {
		c.Done(ctx, trial)
	}
}

// Variants are the form's values for a right code.
func (f CodeForm) Variants(right string) []otp.Variant {
	return slices.DeleteFunc(otp.Hostile(right), func(v otp.Variant) bool { return !slices.Contains(f.Rows, v.Check) || !f.keep(v) })
}

// names are the names of the form's values for any code: a code that begins with
// 0 has others than one that does not.
func (f CodeForm) names() []string {
	var names []string
	for _, sample := range []string{"987654", "087654"} {
		for _, v := range f.Variants(sample) {
			if !slices.Contains(names, v.Name) {
				names = append(names, v.Name)
			}
		}
	}
	return names
}
