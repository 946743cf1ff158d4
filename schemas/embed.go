// Package schemas carries every contract and schema inside the binary.
package schemas

import "embed"

// FS is rooted at the schemas folder: "onlyoffice/openapi.yaml" and so on.
//
//go:embed */*.yaml */*.json */*.md CHANGELOG.md
var FS embed.FS
