package kit

import (
	"slices"
	"strings"
)

// AnyMethod finds the operations of a path whatever their methods are.
const AnyMethod = ""

// Router finds the operations of an exchange by method and path template. A
// template is a path in which {name} stands for one segment that is not empty.
type Router[Op any] struct {
	FoldCase     bool // literal segments are compared without regard to case
	FormatSuffix bool // a dot in the last segment and what follows is ignored

	routes []route[Op]
}

type route[Op any] struct {
	method   string
	segments []string
	op       *Op
}

// Match is an operation whose template fits a path.
type Match[Op any] struct {
	Op     *Op
	Values map[string]string // what {name} stood for; nil without parameters
}

// Handle adds an operation.
func (r *Router[Op]) Handle(method, template string, op *Op) {
	r.routes = append(r.routes, route[Op]{method, strings.Split(template, "/"), op})
}

// Find returns the operations that a method has on a path, those with the fewest
// parameters first, and every method the path has, sorted: no match but some
// methods is a 405 (RFC 9110 section 15.5.6).
func (r *Router[Op]) Find(method, path string) (found []Match[Op], methods []string) {
	segments := strings.Split(path, "/")
	if r.FormatSuffix {
		last := len(segments) - 1
		if dot := strings.LastIndexByte(segments[last], '.'); dot >= 0 {
			segments[last] = segments[last][:dot]
		}
	}
	for _, route := range r.routes {
		values, matches := r.match(route.segments, segments)
		if !matches {
			continue
		}
		methods = append(methods, route.method)
		if method == AnyMethod || method == route.method {
			found = append(found, Match[Op]{route.op, values})
		}
	}
	slices.SortStableFunc(found, func(a, b Match[Op]) int { return len(a.Values) - len(b.Values) })
	slices.Sort(methods)
	return found, slices.Compact(methods)
}

func (r *Router[Op]) match(template, path []string) (map[string]string, bool) {
	if len(template) != len(path) {
		return nil, false
	}
	// Literals first: most templates fail here, without a map.
	for i, segment := range template {
		switch {
		case strings.HasPrefix(segment, "{"):
			if path[i] == "" {
				return nil, false
			}
		case segment != path[i] && !(r.FoldCase && strings.EqualFold(segment, path[i])):
			return nil, false
		}
	}
	var values map[string]string
	for i, segment := range template {
		if name, isValue := strings.CutPrefix(segment, "{"); isValue {
			if values == nil {
				values = map[string]string{}
			}
			values[strings.TrimSuffix(name, "}")] = path[i]
		}
	}
	return values, true
}
