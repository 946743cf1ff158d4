// Package contract loads and answers for what an exchange's documents promise:
// one OpenAPI 3.1 file, schemas/<exchange>/openapi.yaml, beside draft-07
// schemas for every answer.
//
// Paths, parameters, bodies, security and responses are plain OpenAPI. What
// only this harness needs is written in extensions:
//
//	x-profiles:            # root; readings of the contract, the first is the default
//	  documented: what the published documents say
//	  "3.7": what release 3.7 does
//	x-error-pointer: /error/message     # root; where a refusal's body names its error key
//	x-status-pointers: [/statusCode]    # root; where JSON bodies repeat the HTTP status
//	x-verdict-pointer: /result          # root; where JSON bodies say whether the request succeeded
//	x-shared-schemas: [alphapoint]      # root; folders beside this one whose schemas are used too, as ../alphapoint/name.schema.json
//	x-excuses: {"502": reason}          # root or operation; documented statuses no clause provokes
//	x-answers: {...}                    # root; a place for YAML anchors, not read itself
//	x-area: sessions                    # operation; groups operations of one chapter
//	x-called: The deactivation          # operation; its name, where the documents print no path of its own
//	x-source: barong#2.2-createLabel    # operation; where it is promised
//	x-named-only: true                  # operation; the documents give no more than its name
//	x-outcomes:                         # operation; outcome -> answer, or a list of answers
//	  ok: {status: 200, provenance: documented}
//	  throttled:
//	    - {status: 429, profiles: [documented], provenance: documented, headers: {Retry-After: required}}
//	    - {status: 403, profiles: ["3.7"], provenance: observed, schema: error-3.7.schema.json}
//
// Keys of an answer:
//
//	status          the HTTP status, or a range (2XX) or default (any) where the documents name
//	                none; it must stand in the operation's responses
//	verdict         true or false: what the body says at x-verdict-pointer
//	verdict-pointer instead of x-verdict-pointer, for a body that says it elsewhere
//	profiles        where it holds; left out: in all
//	provenance      documented, tested, observed, standard or inferred
//	source          where this answer is promised; left out: the operation's x-source
//	schema          *.schema.json of the body; left out: the one in the response's content
//	body            empty or any, for answers without a schema; left out and no content: empty
//	media-type      allowed media types of the body; left out: those of the response's content,
//	                or application/json
//	headers         name -> required, optional, absent or {presence, pattern}
//	error-keys      allowed values at x-error-pointer
//	status-pointers instead of x-status-pointers, for a body that contradicts its status
//
// A status of an operation needs an outcome or an excuse. Local references
// ("#/components/...") and YAML aliases may stand anywhere but in what they name.
package contract
