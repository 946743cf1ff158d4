package barong

import (
	"context"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

func activityRefused(p *api) {
	op := p.ListActivity
	It("GET /resource/users/activity/{topic} answers that there is nothing where nothing happened",
		clause.Graded("barong.activity.nothing", op, nothingThere), func(ctx SpecContext) {
			me := p.Seen(ctx)
			p.Require("list the activities", p.Do(ctx, me.Actor, op, activities(sessionTopic, nil)), op, contract.OK)
			p.Expect(p.Do(ctx, me.Actor, op, activities(sessionTopic, url.Values{"result": {"denied"}})), op, nothingThere)
			p.Expect(p.Do(ctx, me.Actor, op, activities(sessionTopic, url.Values{"time_from": {epoch(p.Now().AddDate(1, 0, 0))}})), op, nothingThere)
			p.Expect(p.Do(ctx, me.Actor, op, activities(sessionTopic, url.Values{"time_to": {"1"}})), op, nothingThere)
		})
	It("GET /resource/users/activity/{topic} rejects an unknown topic",
		clause.Graded("barong.activity.topic-unknown", op, "topic-unknown"), func(ctx SpecContext) {
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.Seen(ctx).Actor, Outcome: "topic-unknown", Control: always(activities(sessionTopic, nil)),
				Changes: []conform.Change{{Name: "orders", Of: func(conform.Request) conform.Request { return activities("orders", nil) }}},
			})
		})
	conform.Table(func(ctx SpecContext, given refused) {
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: p.Seen(ctx).Actor, Outcome: given.outcome, Changes: given.changes,
			Control: always(activities(sessionTopic, nil)),
		})
	}, []conform.Row[refused]{
		{Text: "GET /resource/users/activity/{topic} rejects a time_from that is not an integer",
			Clause: clause.Graded("barong.activity.from-not-integer", op, "from-not-integer"),
			Given:  refusedFor("from-not-integer", brokenQuery("time_from", "yesterday", "1.5")...)},
		{Text: "GET /resource/users/activity/{topic} rejects a time_to that is not an integer",
			Clause: clause.Graded("barong.activity.to-not-integer", op, "to-not-integer"),
			Given:  refusedFor("to-not-integer", brokenQuery("time_to", "tomorrow", "1.5")...)},
		{Text: "GET /resource/users/activity/{topic} rejects an empty time_from",
			Clause: clause.Graded("barong.activity.empty-from", op, "empty-from"),
			Given:  refusedFor("empty-from", brokenQuery("time_from", "")...)},
		{Text: "GET /resource/users/activity/{topic} rejects an empty time_to",
			Clause: clause.Graded("barong.activity.empty-to", op, "empty-to"),
			Given:  refusedFor("empty-to", brokenQuery("time_to", "")...)},
		{Text: "GET /resource/users/activity/{topic} rejects a page that is not an integer",
			Clause: clause.Graded("barong.activity.page-not-integer", op, "page-not-integer"),
			Given:  refusedFor("page-not-integer", brokenQuery("page", "first", "1.5")...)},
		{Text: "GET /resource/users/activity/{topic} rejects a page below 1",
			Clause: clause.Graded("barong.activity.page-not-positive", op, "page-not-positive"),
			Given:  refusedFor("page-not-positive", brokenQuery("page", "0", "-1")...)},
		{Text: "GET /resource/users/activity/{topic} rejects a limit that is not an integer",
			Clause: clause.Graded("barong.activity.limit-not-integer", op, "limit-not-integer"),
			Given:  refusedFor("limit-not-integer", brokenQuery("limit", "many", "1.5")...)},
		{Text: "GET /resource/users/activity/{topic} rejects a limit below 1 or above 100",
			Clause: clause.Graded("barong.activity.limit-out-of-range", op, "limit-out-of-range"),
			Given:  refusedFor("limit-out-of-range", brokenQuery("limit", "0", "101", "-1")...)},
	})
}

// brokenQuery asks for activities with values that a member of the query may not have.
func brokenQuery(member string, values ...string) []conform.Change {
	var changes []conform.Change
	for _, v := range values {
		changes = append(changes, conform.Change{Name: member + "=" + v, Of: func(conform.Request) conform.Request {
			return activities(sessionTopic, url.Values{member: {v}})
		}})
	}
	return changes
}

// activityPage is one page of activities.
type activityPage struct {
	*httpclient.Call
	page
	ids []int
}

func (p *api) activityPage(ctx context.Context, me *client.Session, query url.Values) activityPage {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.ListActivity, activities(sessionTopic, query))
	p.Expect(call, p.ListActivity, contract.OK)
	one := activityPage{Call: call, page: pageOf(call)}
	for _, row := range value.List(value.Of(call)) {
		one.ids = append(one.ids, value.Number(row, "id"))
	}
	return one
}

// linked is the query of the page that a relation of the field Link leads to (RFC
// 8288 section 3).
func (g activityPage) linked(relation string) url.Values {
	for _, link := range strings.Split(g.Header.Get("Link"), ",") {
		target, found := strings.CutSuffix(strings.TrimSpace(link), `>; rel="`+relation+`"`)
		if u, err := url.Parse(strings.TrimPrefix(target, "<")); found && err == nil {
			return u.Query()
		}
	}
	return nil
}

// paging asks for a page of one row.
func paging(n int) url.Values {
	return url.Values{"limit": {"1"}, "page": {client.Number(n)}}
}

// threeTimes is a member with three log-ins at least.
func (p *api) threeTimes(ctx context.Context) *client.Session {
	GinkgoHelper()
	me := p.Seen(ctx)
	p.LogIn(ctx, me.Account)
	return p.LogIn(ctx, me.Account)
}

func activityPages(p *api) {
	op := p.ListActivity
	It("GET /resource/users/activity/{topic} splits the list into pages that leave nothing out",
		clause.Graded("barong.activity.pages", op, contract.OK), func(ctx SpecContext) {
			me := p.threeTimes(ctx)
			whole := p.activityPage(ctx, me, nil)
			p.Check("activities on one page", len(whole.ids), BeNumerically(">=", 3))
			for n := 1; n <= 3; n++ {
				one := p.activityPage(ctx, me, paging(n))
				p.Check("activities on page "+client.Number(n), one.ids, Equal(whole.ids[n-1:n]))
				p.Check("what the page says of itself", one.page, Equal(page{total: whole.total, size: 1, number: n}))
			}
		})
	It("GET /resource/users/activity/{topic} reports the total of all activities on every page",
		clause.Graded("barong.activity.total", op, contract.OK), func(ctx SpecContext) {
			me := p.Seen(ctx)
			whole := p.activityPage(ctx, me, nil)
			if len(whole.ids) < 100 {
				p.Check("Total", whole.total, Equal(len(whole.ids)))
			}
			p.LogIn(ctx, me.Account)
			p.Check("Total after one more log-in", p.activityPage(ctx, me, paging(2)).total, Equal(whole.total+1))
		})
	It("GET /resource/users/activity/{topic} returns the first page of 100 activities by default",
		clause.Graded("barong.activity.page-defaults", op, contract.OK), func(ctx SpecContext) {
			me := p.Seen(ctx)
			for _, query := range []url.Values{nil, {"page": {""}}, {"limit": {""}}, {"page": {"1"}, "limit": {"100"}}} {
				one := p.activityPage(ctx, me, query)
				p.Check("what the page says of itself", one.page, Equal(page{total: one.total, size: 100, number: 1}))
			}
		})
	It("GET /resource/users/activity/{topic} links to the previous and the next page",
		clause.Graded("barong.activity.links", op, contract.OK), func(ctx SpecContext) {
			me := p.threeTimes(ctx)
			first := p.activityPage(ctx, me, paging(1))
			for _, at := range []int{1, 2, first.total} {
				p.Check("links of page "+client.Number(at), relations(p.activityPage(ctx, me, paging(at)).Call), Equal(neighbours(at, first.total)))
			}
			p.Check("the page after the first",
				first.linked("next"), And(HaveKeyWithValue("page", []string{"2"}), HaveKeyWithValue("limit", []string{"1"})))
			p.Check("the last page", first.linked("last").Get("page"), Equal(client.Number(first.total)))
			second := p.activityPage(ctx, me, paging(2))
			p.Check("the page before the second", second.linked("prev").Get("page"), Equal("1"))
			p.Check("the page after the second", second.linked("next").Get("page"), Equal("3"))
			if whole := p.activityPage(ctx, me, nil); whole.total <= 100 {
				p.Check("links of the only page", relations(whole.Call), BeEmpty())
			}
		})
	It("GET /resource/users/activity/{topic} returns an empty page past the last",
		clause.Graded("barong.activity.past-end", op, "past-end"), func(ctx SpecContext) {
			me := p.threeTimes(ctx)
			total := p.activityPage(ctx, me, paging(1)).total
			call := p.Do(ctx, me.Actor, op, activities(sessionTopic, paging(total+1)))
			p.Expect(call, op, "past-end")
			p.Check("activities on it", value.List(value.Of(call)), BeEmpty())
			p.Check("Total", call.Header.Get("Total"), Equal(client.Number(total)))
		})
}
