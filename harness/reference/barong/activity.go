package barong

import (
	"slices"
	"strconv"
)

// record writes a line of a user's activity log. data is JSON text or nil. A
// client without a User-Agent leaves no line: the column must not be empty.
func (s *Server) record(r *request, a *account, topic, action, result string, data *string) {
	agent := r.http.UserAgent()
	if agent == "" {
		return
	}
	s.activities = append(s.activities, &activity{
		id: s.nextID(), account: a, address: r.address.String(), agent: agent,
		topic: topic, action: action, result: result, data: data, created: r.Now,
	})
}

// recordFailure is record of a failure, with its reason.
func (s *Server) recordFailure(r *request, a *account, topic, action, reason string) {
	if s.On(faultOddFailureNotRecorded) && topic == topicSession {
		return
	}
	data := encoded(map[string]string{"reason": reason})
	s.record(r, a, topic, action, failed, &data)
}

// activityParams are the filters of the log; the topic is in the path.
func activityParams() []param {
	topic := oneOf("topic", "resource.user.wrong_topic", "all", topicPassword, topicSession, topicOTP, topicAccount)
	at := func(name string) param {
		return param{name: name, kind: integer, filled: true, wrongType: "resource.user.non_integer_" + name}
	}
	return append([]param{topic, at("time_from"), at("time_to"), filled("result")}, paging()...)
}

// listActivity shows the caller's log, newest first. An empty selection is a
// refusal, a page past its end is not.
func (s *Server) listActivity(r *request) answer {
	var found []*activity
	for _, line := range s.activities {
		if s.selects(r, line) {
			found = append(found, line)
		}
	}
	if len(found) == 0 {
		return unprocessable("resource.user.no_activity")
	}
	if !s.On(faultActivityOldestFirst) {
		slices.Reverse(found)
	}
	page := paged(s, r, found)
	switch {
	case s.On(faultActivityIgnoresPaging):
		page = found
	case s.On(faultActivityTotalWrong):
		r.header.Set("Total", strconv.Itoa(len(page)))
	}
	return s.ok(r, each(page, activityOf))
}

// selects tells whether a line is the caller's and passes the filters. The first
// instant is part of the time asked for, the last is not.
func (s *Server) selects(r *request, line *activity) bool {
	at, topic, result := line.created.Unix(), r.text("topic"), r.text("result")
	switch {
	case line.account != r.account && !s.On(faultActivityOfOthers),
		topic != "all" && line.topic != topic,
		result != "" && line.result != result:
		return false
	case s.On(faultActivityIgnoresTime):
		return true
	}
	return at >= r.integer("time_from", at) && at < r.integer("time_to", at+1)
}

type activityEntity struct {
	ID        int     `json:"id"`
	Address   string  `json:"user_ip"`
	Country   *string `json:"user_ip_country"`
	Agent     string  `json:"user_agent"`
	Topic     string  `json:"topic"`
	Action    string  `json:"action"`
	Result    string  `json:"result"`
	Data      *string `json:"data"`
	CreatedAt string  `json:"created_at"`
}

func activityOf(line *activity) activityEntity {
	return activityEntity{
		ID: line.id, Address: line.address, Agent: line.agent, Topic: line.topic, Action: line.action,
		Result: line.result, Data: line.data, CreatedAt: stamp(line.created),
	}
}
