package compare

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"authconform/reports"
)

// Call is a difference in what an operation answers with one status.
type Call struct {
	Operation string   `json:"operation"`
	Status    int      `json:"status"`
	New       []string `json:"new"`  // places of the answers and what stands there, seen in the new run alone
	Gone      []string `json:"gone"` // in the old run alone
}

// answers are the shapes seen in a run, by exchange: each is a place in the answers
// of one operation and status with what stood there, such as "body /data/id: number".
type answers map[string]map[answer]map[string]bool

type answer struct {
	operation string
	status    int
}

// AddCalls compares the answers that two run folders recorded. A folder without
// calls leaves that comparison out; the second value then says so.
func (d *Difference) AddCalls(oldDir, newDir string) (missing string, err error) {
	var both [2]answers
	for i, dir := range []string{oldDir, newDir} {
		if both[i], err = readCalls(dir); errors.Is(err, fs.ErrNotExist) {
			return fmt.Sprintf("%s has no %s, so the calls are not compared", dir, reports.HARFile), nil
		} else if err != nil {
			return "", err
		}
	}
	for i := range d.Exchanges {
		x := &d.Exchanges[i]
		if x.Old != nil && x.New != nil {
			x.Calls = differences(both[0].of(x.Exchange), both[1].of(x.Exchange))
		}
	}
	return "", nil
}

// of is what was seen of one exchange: a run over one alone does not name it.
func (a answers) of(exchange string) map[answer]map[string]bool {
	if seen, ok := a[exchange]; ok {
		return seen
	}
	return a[""]
}

func differences(old, new map[answer]map[string]bool) []Call {
	calls := []Call{}
	seen := map[answer]bool{}
	for _, side := range []map[answer]map[string]bool{old, new} {
		for at := range side {
			if seen[at] {
				continue
			}
			seen[at] = true
			c := Call{Operation: at.operation, Status: at.status, New: without(new[at], old[at]), Gone: without(old[at], new[at])}
			if len(c.New)+len(c.Gone) > 0 {
				calls = append(calls, c)
			}
		}
	}
	slices.SortFunc(calls, func(a, b Call) int {
		return strings.Compare(a.Operation+strconv.Itoa(a.Status), b.Operation+strconv.Itoa(b.Status))
	})
	return calls
}

func without(set, other map[string]bool) []string {
	left := []string{}
	for _, place := range slices.Sorted(maps.Keys(set)) {
		if !other[place] {
			left = append(left, place)
		}
	}
	return left
}

// recorded is what a HAR entry tells of an answer.
type recorded struct {
	Page      string `json:"pageref"`
	Operation string `json:"_operation"`
	Response  struct {
		Status  int `json:"status"`
		Headers []struct {
			Name string `json:"name"`
		} `json:"headers"`
		Content struct {
			MimeType string `json:"mimeType"`
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
}

// readCalls reads the calls of a run folder, one at a time.
func readCalls(dir string) (answers, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, reports.HARFile)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		path += ".gz"
		file, err = os.Open(path)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var in io.Reader = bufio.NewReaderSize(file, 1<<16)
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	seen := answers{}
	if err := entries(json.NewDecoder(in), seen.add); err != nil {
		return nil, fmt.Errorf("%s: it is no HAR file of a run: %w", path, err)
	}
	return seen, nil
}

// entries visits log.entries of a HAR file.
func entries(in *json.Decoder, visit func(recorded)) error {
	for {
		token, err := in.Token()
		if err != nil {
			return err
		}
		if token == "entries" {
			break
		}
	}
	if _, err := in.Token(); err != nil {
		return err
	}
	for in.More() {
		var r recorded
		if err := in.Decode(&r); err != nil {
			return err
		}
		visit(r)
	}
	return nil
}

func (a answers) add(r recorded) {
	if r.Operation == "" || r.Response.Status == 0 {
		return
	}
	if a[r.Page] == nil {
		a[r.Page] = map[answer]map[string]bool{}
	}
	at := answer{r.Operation, r.Response.Status}
	places := a[r.Page][at]
	if places == nil {
		places = map[string]bool{}
		a[r.Page][at] = places
	}
	for _, h := range r.Response.Headers {
		places["header "+h.Name] = true
	}
	media, _, _ := mime.ParseMediaType(r.Response.Content.MimeType)
	places["media type: "+media] = true
	text := []byte(r.Response.Content.Text)
	if r.Response.Content.Encoding != "" {
		text, _ = base64.StdEncoding.DecodeString(r.Response.Content.Text)
	}
	var body any
	decoder := json.NewDecoder(bytes.NewReader(text))
	switch {
	case len(text) == 0:
		places["body: none"] = true
	case decoder.Decode(&body) != nil:
		places["body: not JSON"] = true
	default:
		walk(places, "", body)
	}
}

// walk notes each member and its type. The members of an array are one place.
func walk(places map[string]bool, pointer string, value any) {
	note := func(kind string) { places["body "+pointer+": "+kind] = true }
	switch v := value.(type) {
	case map[string]any:
		note("object")
		for name, member := range v {
			walk(places, pointer+"/"+name, member)
		}
	case []any:
		note("array")
		for _, member := range v {
			walk(places, pointer+"/*", member)
		}
	case string:
		if strings.HasSuffix(v, ":number›") { // a number that was a secret
			note("number")
		} else {
			note("string")
		}
	case float64:
		note("number")
	case bool:
		note("boolean")
	case nil:
		note("null")
	}
}
