package client

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/identity"
)

// guessed begins the name of what is left about each wrong texted code; until when it counts
// follows, in nanoseconds.
const guessed = "texted code guessed until "

// guesser leases an account of the role whose phone has room for so many wrong codes and a
// right one behind them. The broker knows nothing of this limit: it holds for longer than
// that of log-ins, so that an account that has rested may still be near it.
func (p *Client) guesser(role string, wrong int) *identity.Identity {
	ginkgo.GinkgoHelper()
	all := 0
	for _, id := range p.Target().Identities {
		if slices.Contains(id.Roles, role) {
			all++
		}
	}
	for passed := 0; ; passed++ {
		if passed > 0 && passed == all {
			p.Untestable("it sends %d wrong texted codes, and each identity with the role %q has had so many within %s that more may be limited",
				wrong, role, TextedLife)
		}
		who := p.Lease(role) // one that is passed over stays with the spec, so that the next is another
		if p.guesses(who)+wrong >= TextedTries {
			continue
		}
		until := p.Now().Add(TextedLife).UnixNano()
		for i := range wrong {
			who.Keep(fmt.Sprint(guessed, until+int64(i)), p.Nonce()) // what is kept is taken for a secret
		}
		return who
	}
}

// guesses is how many wrong texted codes of a phone still count.
func (p *Client) guesses(who *identity.Identity) int {
	counted := 0
	for name := range who.State().Kept {
		text, is := strings.CutPrefix(name, guessed)
		if until, err := strconv.ParseInt(text, 10, 64); is && err == nil && until > p.Now().UnixNano() {
			counted++
		}
	}
	return counted
}
