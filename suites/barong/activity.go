package barong

import (
	"context"
	"fmt"
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// Topics and results of activities.
const (
	sessionTopic  = "session"
	otpTopic      = "otp"
	accountTopic  = "account"
	passwordTopic = "password"
	allTopics     = "all"
	succeeded     = "succeed"
	failed        = "failed"
)

// nothingThere is how a list without a single row is refused.
const nothingThere = contract.Outcome("nothing")

func (p *api) activitySubjects() []family.Subject {
	return []family.Subject{{Operation: p.ListActivity, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		GinkgoHelper()
		return p.Seen(ctx).Actor, always(activities(sessionTopic, url.Values{"result": {succeeded}}))
	}}}
}

// activities asks for the activities of a topic.
func activities(topic string, query url.Values) conform.Request {
	r := conform.Request{Query: query}
	return r.WithPath("topic", topic)
}

// activity lists rows; nothing to list counts as none.
func (p *api) activity(ctx context.Context, me *client.Session, topic string, query url.Values) []any {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.ListActivity, activities(topic, query))
	if p.Exactly(call, p.ListActivity, nothingThere) {
		return nil
	}
	p.Require("list the activities", call, p.ListActivity, contract.OK)
	return value.List(value.Of(call))
}

// rows are those of a list that has to have some.
func (p *api) rows(call *httpclient.Call) []any {
	GinkgoHelper()
	rows := value.List(value.Of(call))
	p.Check("activities that are listed", rows, Not(BeEmpty()))
	return rows
}

// newest lists a topic, which has to work, and returns its newest row.
func (p *api) newest(ctx context.Context, me *client.Session, topic string) any {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.ListActivity, activities(topic, nil))
	p.Expect(call, p.ListActivity, contract.OK)
	return p.rows(call)[0]
}

// did checks what the newest activity of a topic says.
func (p *api) did(ctx context.Context, me *client.Session, topic, action, result string) any {
	GinkgoHelper()
	row := p.newest(ctx, me, topic)
	p.Check("the newest activity",
		[]string{value.Text(row, "topic"), value.Text(row, "action"), value.Text(row, "result")}, Equal([]string{topic, action, result}))
	return row
}

// activityLog is about resource/users/activity (barong#2.2-listActivity; barong#3-Activity,
// barong#10.2-14).
func activityLog(p *api) {
	Describe("users/activity", func() {
		activityWritten(p)
		activityChosen(p)
		activityTimes(p)
		activityRefused(p)
		activityPages(p)
	})
}

func activityWritten(p *api) {
	op := p.ListActivity
	It("GET /resource/users/activity/{topic} records a log-in with its client address and user agent",
		clause.Graded("barong.activity.log-in", op, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			client := "authconform-" + p.Nonce()
			call := p.TryLogIn(ctx, me.Account, p.Credentials(me.Account, "").WithHeader("User-Agent", client))
			p.Require("log in with another client", call, p.CreateSession, contract.OK)
			row := p.did(ctx, me, sessionTopic, "login", succeeded)
			p.Check("its client", value.Text(row, "user_agent"), Equal(client))
			if me.Account.Address != "" {
				p.Check("its address", value.Text(row, "user_ip"), Equal(me.Account.Address))
			}
		})
	It("GET /resource/users/activity/{topic} records a failed log-in",
		clause.Graded("barong.activity.log-in-failed", op, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			wrong := p.Credentials(me.Account, "").With("password", p.Secret("password", client.NewPassword()))
			p.Require("fail to log in", p.TryLogIn(ctx, me.Account, wrong), p.CreateSession, contract.BadCredentials)
			p.did(ctx, me, sessionTopic, "login", failed)
		})
	It("GET /resource/users/activity/{topic} records a log-in with the second factor, and a wrong TOTP code",
		clause.Graded("barong.activity.log-in-second-factor", op, contract.OK), func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			p.Require("fail to log in",
				p.TryLogIn(ctx, me.Account, p.Credentials(me.Account, me.Account.Codes.Wrong(1))), p.CreateSession, contract.SecondFactorWrong)
			p.did(ctx, me, sessionTopic, "login::2fa", failed)
			p.LogIn(ctx, me.Account)
			p.did(ctx, me, sessionTopic, "login::2fa", succeeded)
		})
	It("GET /resource/users/activity/{topic} records a log-out",
		clause.Graded("barong.activity.log-out", op, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			other := p.LogIn(ctx, me.Account)
			p.Require("log out", p.Do(ctx, other.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, contract.OK)
			p.did(ctx, me, sessionTopic, "logout", succeeded)
		})
	It("GET /resource/users/activity/{topic} records the sign-up",
		clause.Graded("barong.activity.sign-up", op, contract.OK, clause.Needs(client.SignUp)), func(ctx SpecContext) {
			p.did(ctx, p.Confirmed(ctx, p.SignedUp(ctx)), accountTopic, "signup", succeeded)
		})
	It("GET /resource/users/activity/{topic} records enrolling, verifying and disabling the second factor",
		clause.Graded("barong.activity.second-factor", op, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			codes := p.NewSecret(ctx, me)
			p.did(ctx, me, otpTopic, "request QR code for 2FA", succeeded)
			p.Require("fail to switch the second factor on",
				p.Do(ctx, me.Actor, p.EnableOTP, client.CodeBody(codes.Wrong(1))), p.EnableOTP, contract.SecondFactorWrong)
			p.did(ctx, me, otpTopic, "enable 2FA", failed)
			p.Enrol(ctx, me)
			p.did(ctx, me, otpTopic, "enable 2FA", succeeded)
			p.Require("fail to verify a code",
				p.Do(ctx, me.Actor, p.VerifyOTP, client.CodeBody(me.Account.Codes.Wrong(1))), p.VerifyOTP, contract.SecondFactorWrong)
			p.did(ctx, me, otpTopic, "verify 2FA code", failed)
		})
	It("GET /resource/users/activity/{topic} records a requested password reset",
		clause.Graded("barong.activity.password-reset-request", op, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			request := conform.Request{JSON: p.Solved(conform.Object{"email": me.Account.Login})}
			p.Require("ask for a password reset",
				p.Do(ctx, p.VisitorAt(me.Account.Address), p.RequestPasswordReset, request), p.RequestPasswordReset, contract.OK)
			p.did(ctx, me, passwordTopic, "request password reset", succeeded)
		})
	It("GET /resource/users/activity/{topic} lists no activity of other accounts",
		clause.Graded("barong.activity.own-only", op, contract.OK), func(ctx SpecContext) {
			me, other := p.Seen(ctx), p.Member(ctx)
			client := "authconform-" + p.Nonce()
			call := p.TryLogIn(ctx, other.Account, p.Credentials(other.Account, "").WithHeader("User-Agent", client))
			p.Require("log in as another", call, p.CreateSession, contract.OK)
			p.Check("the other's newest activity", value.Text(p.newest(ctx, other, sessionTopic), "user_agent"), Equal(client))
			call = p.Do(ctx, me.Actor, op, activities(allTopics, nil))
			p.Expect(call, op, contract.OK)
			for _, row := range p.rows(call) {
				p.Check("the client of an activity", value.Text(row, "user_agent"), Not(Equal(client)))
			}
		})
}

func activityChosen(p *api) {
	op := p.ListActivity
	It("GET /resource/users/activity/{topic} lists only activities of the requested topic",
		clause.Graded("barong.activity.topic", op, contract.OK), func(ctx SpecContext) {
			me := p.Seen(ctx)
			p.NewSecret(ctx, me)
			for _, topic := range []string{sessionTopic, otpTopic} {
				call := p.Do(ctx, me.Actor, op, activities(topic, nil))
				p.Expect(call, op, contract.OK)
				for _, row := range p.rows(call) {
					p.Check("the topic of an activity", value.Text(row, "topic"), Equal(topic))
				}
			}
			call := p.Do(ctx, me.Actor, op, activities(allTopics, nil))
			p.Expect(call, op, contract.OK)
			p.Check("the topics of all activities", texts(p.rows(call), "topic"), ContainElements(sessionTopic, otpTopic))
		})
	It("GET /resource/users/activity/{topic} lists the newest activity first",
		clause.Graded("barong.activity.newest-first", op, contract.OK), func(ctx SpecContext) {
			me := p.Seen(ctx)
			p.NewSecret(ctx, me)
			p.LogIn(ctx, me.Account)
			call := p.Do(ctx, me.Actor, op, activities(allTopics, nil))
			p.Expect(call, op, contract.OK)
			rows := p.rows(call)
			p.Check("activities that are listed", len(rows), BeNumerically(">=", 3))
			p.Check("the newest topics", texts(rows, "topic")[:3], Equal([]string{sessionTopic, otpTopic, sessionTopic}))
			for i := range rows[1:] {
				p.Check("the number of an activity", value.Number(rows[i+1], "id"), BeNumerically("<", value.Number(rows[i], "id")))
			}
		})
	It("GET /resource/users/activity/{topic} lists only activities with the requested result",
		clause.Graded("barong.activity.result", op, contract.OK), func(ctx SpecContext) {
			me := p.Seen(ctx)
			wrong := p.Credentials(me.Account, "").With("password", p.Secret("password", client.NewPassword()))
			p.Require("fail to log in", p.TryLogIn(ctx, me.Account, wrong), p.CreateSession, contract.BadCredentials)
			for _, result := range []string{succeeded, failed} {
				call := p.Do(ctx, me.Actor, op, activities(sessionTopic, url.Values{"result": {result}}))
				p.Expect(call, op, contract.OK)
				for _, row := range p.rows(call) {
					p.Check("the result of an activity", value.Text(row, "result"), Equal(result))
				}
			}
		})
	It("GET /resource/users/activity/{topic} accepts every known topic",
		clause.Graded("barong.activity.topics", op, nothingThere), func(ctx SpecContext) {
			me := p.Member(ctx)
			future := url.Values{"time_from": {epoch(p.Now().AddDate(1, 0, 0))}}
			for _, topic := range []string{allTopics, sessionTopic, otpTopic, passwordTopic, accountTopic} {
				p.Expect(p.Do(ctx, me.Actor, op, activities(topic, future)), op, nothingThere)
			}
		})
}

func texts(rows []any, member string) []string {
	var all []string
	for _, row := range rows {
		all = append(all, value.Text(row, member))
	}
	return all
}

func epoch(t time.Time) string { return fmt.Sprint(t.Unix()) }

// activityTimes puts two log-ins into different seconds and asks for what lies on
// either side of them.
func activityTimes(p *api) {
	op := p.ListActivity
	times := func(ctx context.Context) (me *client.Session, older, newer int, at time.Time) {
		GinkgoHelper()
		me = p.Seen(ctx)
		older = value.Number(p.newest(ctx, me, sessionTopic), "id")
		p.Wait(ctx, 2*time.Second, "activities are told apart by their second")
		p.LogIn(ctx, me.Account)
		row := p.newest(ctx, me, sessionTopic)
		at, err := time.Parse(time.RFC3339, value.Text(row, "created_at"))
		if err != nil {
			p.Untestable("the newest activity has no time: %v", err)
		}
		return me, older, value.Number(row, "id"), at
	}
	listed := func(ctx context.Context, me *client.Session, query url.Values) []int {
		GinkgoHelper()
		ids := []int{}
		for _, row := range p.activity(ctx, me, sessionTopic, query) {
			ids = append(ids, value.Number(row, "id"))
		}
		return ids
	}
	It("GET /resource/users/activity/{topic} lists activities from time_from on",
		clause.Graded("barong.activity.time-from", op, contract.OK), func(ctx SpecContext) {
			me, older, newer, at := times(ctx)
			call := p.Do(ctx, me.Actor, op, activities(sessionTopic, url.Values{"time_from": {epoch(at)}}))
			p.Expect(call, op, contract.OK)
			p.Check("activities from the newest's second on", listed(ctx, me, url.Values{"time_from": {epoch(at)}}), Equal([]int{newer}))
			p.Check("activities from two seconds before",
				listed(ctx, me, url.Values{"time_from": {epoch(at.Add(-time.Hour))}}), ContainElements(older, newer))
			p.Check("activities from the second after", listed(ctx, me, url.Values{"time_from": {epoch(at.Add(time.Second))}}), BeEmpty())
		})
	It("GET /resource/users/activity/{topic} lists activities before time_to",
		clause.Graded("barong.activity.time-to", op, contract.OK), func(ctx SpecContext) {
			me, older, newer, at := times(ctx)
			call := p.Do(ctx, me.Actor, op, activities(sessionTopic, url.Values{"time_to": {epoch(at)}}))
			p.Expect(call, op, contract.OK)
			p.Check("activities before the newest's second",
				listed(ctx, me, url.Values{"time_to": {epoch(at)}}), And(ContainElement(older), Not(ContainElement(newer))))
			p.Check("activities before the second after",
				listed(ctx, me, url.Values{"time_to": {epoch(at.Add(time.Second))}}), ContainElements(older, newer))
		})
}
