package barong

// record writes a line of a user's activity log. data is JSON text or nil. A
// client without a User-Agent leaves no line: the column must not be empty.
func (s *Server) record(r *request, a *account, topic, action, result string, data *string) {
	agent := r.http.UserAgent()
	if agent == "" {
		return
	}
	s.activities = append(s.activities, &activity{
		id: s.nextID(), account: a, address: r.address.String(), agent: agent,
		topic: topic, action: action, result: result, data: data, created: r.now,
	})
}

// recordFailure is record of a failure, with its reason.
func (s *Server) recordFailure(r *request, a *account, topic, action, reason string) {
	data := encoded(map[string]string{"reason": reason})
	s.record(r, a, topic, action, failed, &data)
}
