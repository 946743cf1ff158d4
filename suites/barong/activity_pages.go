package barong

import (
	"context"
	"net/url"
	"regexp"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/contract"
	"authconform/harness/suite"
	"authconform/harness/value"
	"authconform/harness/wire"
)

func activityRefused(p *api) {
	op := p.listActivity
	It("has nothing to list where nothing happened", asPromised("activity.nothing", op, nothingThere), func(ctx SpecContext) {
		me := p.seen(ctx)
		p.Need("list the activities", p.Do(ctx, me.Actor, op, activities(sessionTopic, nil)), op, contract.OK)
		p.Expect(p.Do(ctx, me.Actor, op, activities(sessionTopic, url.Values{"result": {"denied"}})), op, nothingThere)
		p.Expect(p.Do(ctx, me.Actor, op, activities(sessionTopic, url.Values{"time_from": {epoch(p.Now().AddDate(1, 0, 0))}})), op, nothingThere)
		p.Expect(p.Do(ctx, me.Actor, op, activities(sessionTopic, url.Values{"time_to": {"1"}})), op, nothingThere)
	})
	It("refuses a topic that there is not", asPromised("activity.topic-unknown", op, "topic-unknown"), func(ctx SpecContext) {
		p.Refuses(ctx, suite.Refusal{
			Operation: op, By: p.seen(ctx).Actor, Outcome: "topic-unknown", Control: always(activities(sessionTopic, nil)),
			Changes: []suite.Change{{Name: "orders", Of: func(suite.Request) suite.Request { return activities("orders", nil) }}},
		})
	})
	for _, c := range []struct {
		outcome  contract.Outcome
		member   string
		broken   []string
		sentence string
	}{
		{"from-not-integer", "time_from", []string{"yesterday", "1.5"}, "refuses a time_from that is no whole number"},
		{"to-not-integer", "time_to", []string{"tomorrow", "1.5"}, "refuses a time_to that is no whole number"},
		{"empty-from", "time_from", []string{""}, "refuses an empty time_from"},
		{"empty-to", "time_to", []string{""}, "refuses an empty time_to"},
		{"page-not-integer", "page", []string{"first", "1.5"}, "refuses a page that is no whole number"},
		{"page-not-positive", "page", []string{"0", "-1"}, "refuses a page before the first"},
		{"limit-not-integer", "limit", []string{"many", "1.5"}, "refuses a limit that is no whole number"},
		{"limit-out-of-range", "limit", []string{"0", "101", "-1"}, "refuses a limit below 1 or above 100"},
	} {
		It(c.sentence, asPromised("activity."+string(c.outcome), op, c.outcome), func(ctx SpecContext) {
			var changes []suite.Change
			for _, v := range c.broken {
				changes = append(changes, suite.Change{Name: c.member + "=" + v, Of: func(suite.Request) suite.Request {
					return activities(sessionTopic, url.Values{c.member: {v}})
				}})
			}
			p.Refuses(ctx, suite.Refusal{Operation: op, By: p.seen(ctx).Actor, Outcome: c.outcome, Control: always(activities(sessionTopic, nil)), Changes: changes})
		})
	}
}

// page is one page of activities: its rows and what its header says of it.
type page struct {
	*wire.Call
	ids   []int
	links map[string]url.Values // queries by relation
}

func (p *api) page(ctx context.Context, me *session, query url.Values) page {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.listActivity, activities(sessionTopic, query))
	p.Expect(call, p.listActivity, contract.OK)
	one := page{Call: call, links: pageLinks(call)}
	for _, row := range value.List(value.Of(call)) {
		one.ids = append(one.ids, value.Number(row, "id"))
	}
	return one
}

func (g page) number(header string) int {
	n, _ := strconv.Atoi(g.Header.Get(header))
	return n
}

func (g page) relations() []string {
	var all []string
	for relation := range g.links {
		all = append(all, relation)
	}
	return all
}

// linkValue is one member of the field Link (RFC 8288 section 3).
var linkValue = regexp.MustCompile(`<([^>]*)>;\s*rel="?([a-z]+)"?`)

func pageLinks(call *wire.Call) map[string]url.Values {
	found := map[string]url.Values{}
	for _, field := range call.Header.Values("Link") {
		for _, m := range linkValue.FindAllStringSubmatch(field, -1) {
			if u, err := url.Parse(m[1]); err == nil {
				found[m[2]] = u.Query()
			}
		}
	}
	return found
}

// paging asks for a page of one row.
func paging(number int) url.Values {
	return url.Values{"limit": {"1"}, "page": {strconv.Itoa(number)}}
}

// threeTimes is a member with three log-ins at least.
func (p *api) threeTimes(ctx context.Context) *session {
	GinkgoHelper()
	me := p.seen(ctx)
	p.logIn(ctx, me.account)
	return p.logIn(ctx, me.account)
}

func activityPages(p *api) {
	op := p.listActivity
	It("cuts the list into pages that leave nothing out", asPromised("activity.pages", op, contract.OK), func(ctx SpecContext) {
		me := p.threeTimes(ctx)
		whole := p.page(ctx, me, nil)
		p.Check("activities on one page", len(whole.ids), BeNumerically(">=", 3))
		for number := 1; number <= 3; number++ {
			one := p.page(ctx, me, paging(number))
			p.Check("activities on page "+strconv.Itoa(number), one.ids, Equal(whole.ids[number-1:number]))
			p.Check("Page", one.number("Page"), Equal(number))
			p.Check("Per-Page", one.number("Per-Page"), Equal(1))
			p.Check("Total", one.number("Total"), Equal(whole.number("Total")))
		}
	})
	It("counts all activities, whatever the page", asPromised("activity.total", op, contract.OK), func(ctx SpecContext) {
		me := p.seen(ctx)
		whole := p.page(ctx, me, nil)
		if len(whole.ids) < 100 {
			p.Check("Total", whole.number("Total"), Equal(len(whole.ids)))
		}
		p.logIn(ctx, me.account)
		p.Check("Total after one more log-in", p.page(ctx, me, paging(2)).number("Total"), Equal(whole.number("Total")+1))
	})
	It("has 100 activities on a page, and begins with the first, unless told otherwise", asPromised("activity.page-defaults", op, contract.OK), func(ctx SpecContext) {
		me := p.seen(ctx)
		for _, query := range []url.Values{nil, {"page": {""}}, {"limit": {""}}, {"page": {"1"}, "limit": {"100"}}} {
			one := p.page(ctx, me, query)
			p.Check("Page", one.number("Page"), Equal(1))
			p.Check("Per-Page", one.number("Per-Page"), Equal(100))
		}
	})
	It("links to the pages before and after", asPromised("activity.links", op, contract.OK), func(ctx SpecContext) {
		me := p.threeTimes(ctx)
		first := p.page(ctx, me, paging(1))
		last := first.number("Total")
		p.Check("links of the first page", first.relations(), ConsistOf("next", "last"))
		p.Check("the page after the first", first.links["next"].Get("page"), Equal("2"))
		p.Check("the last page", first.links["last"].Get("page"), Equal(strconv.Itoa(last)))
		p.Check("the limit of the page after", first.links["next"].Get("limit"), Equal("1"))
		second := p.page(ctx, me, paging(2))
		p.Check("links of the second page", second.relations(), ConsistOf("first", "prev", "next", "last"))
		p.Check("the page before the second", second.links["prev"].Get("page"), Equal("1"))
		p.Check("the page after the second", second.links["next"].Get("page"), Equal("3"))
		p.Check("links of the last page", p.page(ctx, me, paging(last)).relations(), ConsistOf("first", "prev"))
		if whole := p.page(ctx, me, nil); whole.number("Total") <= 100 {
			p.Check("links of the only page", whole.relations(), BeEmpty())
		}
	})
	It("has an empty page past the last", asPromised("activity.past-end", op, "past-end"), func(ctx SpecContext) {
		me := p.threeTimes(ctx)
		total := p.page(ctx, me, paging(1)).number("Total")
		call := p.Do(ctx, me.Actor, op, activities(sessionTopic, paging(total+1)))
		p.Expect(call, op, "past-end")
		p.Check("activities on it", value.List(value.Of(call)), BeEmpty())
		p.Check("Total", call.Header.Get("Total"), Equal(strconv.Itoa(total)))
	})
}
