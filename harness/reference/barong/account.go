package barong

func (s *Server) getCurrentUser(r *request) answer { return s.ok(r, s.userWithFullInfo(r.account)) }
