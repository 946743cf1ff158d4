package barong

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// describedGroups are the names under which a part of the description can be asked
// for: the first segment below /resource.
func (s *Server) describedGroups() []string {
	var names []string
	for _, op := range operations() {
		if op.protected() && !slices.Contains(names, groupOf(op)) {
			names = append(names, groupOf(op))
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "swagger_doc" })
}

func groupOf(op operation) string {
	group, _, _ := strings.Cut(strings.TrimPrefix(op.path, "/resource/"), "/")
	return group
}

func (s *Server) getSwaggerDoc(r *request) answer {
	r.header.Set("Access-Control-Allow-Origin", "*") // grape-swagger sets it for the whole description alone
	return s.describe(r, s.describedGroups()...)
}

func (s *Server) getNamedSwaggerDoc(r *request) answer {
	name := r.text("name")
	if !slices.Contains(s.describedGroups(), name) {
		return frameworkError(http.StatusBadRequest, "named resource not exist")
	}
	return s.describe(r, name)
}

// describe is the API's description of itself (OpenAPI 2.0), made of the table of
// operations. Its paths are those of the API class before it is mounted.
func (s *Server) describe(r *request, groups ...string) answer {
	paths := map[string]map[string]any{}
	for _, op := range operations() {
		if !op.protected() || !slices.Contains(groups, groupOf(op)) {
			continue
		}
		path := strings.TrimPrefix(op.path, "/resource")
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(op.method)] = s.describedOperation(op)
	}
	return s.ok(r, map[string]any{
		"swagger": "2.0", "info": map[string]string{"title": "Barong", "version": "2.7.0"}, "host": r.http.Host,
		"basePath": "/api", "produces": []string{jsonMedia}, "paths": paths,
	})
}

func (s *Server) describedOperation(op operation) any {
	success := s.success(&op)
	return map[string]any{
		"operationId": op.id, "produces": []string{jsonMedia},
		"parameters": each(op.params, func(p param) any { return describedParam(op, p) }),
		"responses":  map[string]any{strconv.Itoa(success): map[string]string{"description": http.StatusText(success)}},
	}
}

func describedParam(op operation, p param) any {
	in := "query"
	switch {
	case strings.Contains(op.path, "{"+p.name+"}"):
		in = "path"
	case op.method == http.MethodPost || op.method == http.MethodPut || op.method == http.MethodPatch:
		in = "formData"
	}
	kinds := map[kind]string{integer: "integer", boolean: "boolean", files: "file"}
	entry := map[string]any{"in": in, "name": p.name, "type": orElse(kinds[p.kind], "string"), "required": p.required || in == "path"}
	if p.kind == date {
		entry["format"] = "date"
	}
	return entry
}
