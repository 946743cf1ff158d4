package barong

import (
	"fmt"
	"strconv"
	"strings"
)

// pageSize is the number of rows of a page when the client names none.
const pageSize = 100

// paged cuts the page a request asks for out of a list and says in the header
// where it is. A page past the end is empty.
func paged[T any](s *Server, r *request, list []T) []T {
	page, size := int(r.integer("page", 1)), int(r.integer("limit", pageSize))
	r.header.Set("Total", strconv.Itoa(len(list)))
	r.header.Set("Per-Page", strconv.Itoa(size))
	r.header.Set("Page", strconv.Itoa(page))
	if links := s.pageLinks(r, page, (len(list)+size-1)/size); links != "" {
		r.header.Set("Link", links)
	}
	if page-1 > len(list)/size {
		return nil
	}
	from := min((page-1)*size, len(list))
	return list[from:min(from+size, len(list))]
}

// pageLinks is the field Link (RFC 8288): first and prev unless this is the first
// page, last and next unless it is the last.
func (s *Server) pageLinks(r *request, page, pages int) string {
	var links []string
	add := func(relation string, target int) {
		query := r.http.URL.Query()
		query.Set("page", strconv.Itoa(target))
		path := apiRoot + r.http.URL.Path[strings.Index(r.http.URL.Path, "/resource/"):]
		links = append(links, fmt.Sprintf(`<http://%s%s?%s>; rel=%q`, r.http.Host, path, query.Encode(), relation))
	}
	if page > 1 {
		add("first", 1)
		add("prev", page-1)
	}
	if page < pages {
		add("last", pages)
		add("next", page+1)
	}
	return strings.Join(links, ", ")
}
