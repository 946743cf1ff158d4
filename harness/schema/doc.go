// Package schema checks JSON bodies against draft-07 schemas without the
// traps of the engine underneath: bodies are decoded strictly first, schemas
// are linted before they are compiled, and formats are our own.
//
// All schemas of a folder are compiled once, in one goroutine, by [LoadSet];
// afterwards a [Set] and its [Schema]s are safe for concurrent use.
package schema
