package barong

func (s *Server) getLabel(r *request) answer {
	found := r.account.findLabel(r.text("key"))
	if found == nil {
		return recordNotFound()
	}
	return s.ok(r, labelOf(found))
}
