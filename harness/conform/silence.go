package conform

import "sync"

// enough is how often in a row something may stay silent before nothing more is
// expected of it: each wait costs its whole time limit, and a suite has hundreds.
const enough = 3

// silence remembers that something has not answered, so that a run against what
// hangs, or against an inbox that no message reaches, ends in minutes.
type silence struct {
	mu     sync.Mutex
	inARow int
}

// heard notes an answer.
func (s *silence) heard() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inARow = 0
}

// missed notes that a wait ended without one.
func (s *silence) missed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inARow++
}

// hopeless tells whether to stop waiting.
func (s *silence) hopeless() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inARow >= enough
}
