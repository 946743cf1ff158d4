package contract

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
)

// ChangeLog tells, version by version, what the promises changed; the newest first.
const ChangeLog = "CHANGELOG.md"

var versionHeading = regexp.MustCompile(`(?m)^## (\d+) \(\d{4}-\d{2}-\d{2}\)$`)

// Version is that of the contracts and clause lists of a schemas folder: the newest
// of its change log.
func Version(fsys fs.FS) (int, error) {
	text, err := fs.ReadFile(fsys, ChangeLog)
	if err != nil {
		return 0, err
	}
	heading := versionHeading.FindSubmatch(text)
	if heading == nil {
		return 0, fmt.Errorf("schemas/%s has no heading such as \"## 1 (2026-11-28)\"", ChangeLog)
	}
	return strconv.Atoi(string(heading[1]))
}
