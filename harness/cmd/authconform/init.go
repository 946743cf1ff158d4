package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/runner"
)

func initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init EXCHANGE",
		Short: "Print a target file to fill in",
		Long: `Prints a target file of an exchange with every setting, feature and role
explained, and the questions to ask the vendor where the documents leave
something open.`,
		Example: `  authconform init coinrabbit > staging.yaml`,
		Args:    oneExchange,
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := findSuite(args[0])
			if err != nil {
				return err
			}
			c, err := runner.Contract(st.Exchange)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), template(st, c))
			return err
		},
	}
}

// template is a target file that loads as soon as its variables are set.
func template(st conform.Suite, c *contract.Contract) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# A target file: one deployment of %s under test.\n", c.Title)
	fmt.Fprintf(&b, "# `authconform doctor --target FILE` tells what it still lacks.\n")
	b.WriteString(`# It holds no secret:
#   ${NAME}         the environment variable NAME ($${ is a plain ${)
#   file:PATH       a file's whole content; PATH is relative to this file
#   file:PATH#NAME  the line NAME=value of a file
`)
	questions(&b, st)
	fmt.Fprintf(&b, "version: 1\nexchange: %s\nurl: https://staging.example.com   # the deployment, without the paths of its API\n",
		st.Exchange)
	for _, profile := range c.Profiles {
		comment(&b, "", profile+": "+c.About[profile])
	}
	fmt.Fprintf(&b, "profile: %q\n", c.Profiles[0])
	settings(&b, st)
	features(&b, st)
	identities(&b, st)
	b.WriteString(rest)
	return b.String()
}

// questions are what the vendor has to be asked, each once.
func questions(b *strings.Builder, st conform.Suite) {
	var open, unsure []string
	for _, name := range sortedKeys(st.Settings) {
		setting := st.Settings[name]
		switch {
		case setting.Ask == "" || slices.Contains(unsure, setting.Ask):
		case setting.Default == "":
			open = append(open, setting.Ask)
		default:
			unsure = append(unsure, setting.Ask)
		}
	}
	for _, part := range []struct {
		title string
		asks  []string
	}{{"Ask the vendor, for nothing else says it:", open}, {"Have the vendor confirm what is assumed below:", unsure}} {
		if len(part.asks) == 0 {
			continue
		}
		comment(b, "", "")
		comment(b, "", part.title)
		for _, ask := range part.asks {
			comment(b, "", "- "+ask)
		}
	}
}

// settings are commented out, with their default where they have one; only a
// secret that every target has, so that the vendor is to be asked for it, must be
// given.
func settings(b *strings.Builder, st conform.Suite) {
	names := sortedKeys(st.Settings)
	if len(names) == 0 {
		return
	}
	needed := func(name string) bool {
		setting := st.Settings[name]
		return setting.Secret && setting.Default == "" && setting.Ask != ""
	}
	head := "# settings:"
	if slices.ContainsFunc(names, needed) {
		head = "settings:"
	}
	fmt.Fprintf(b, "\n# What only this exchange has. A value that is commented out is the default.\n%s\n", head)
	for _, name := range names {
		setting := st.Settings[name]
		comment(b, "  ", setting.Text)
		if setting.Default == "" && setting.Ask != "" {
			comment(b, "  ", "Ask the vendor: "+setting.Ask)
		}
		switch {
		case needed(name):
			fmt.Fprintf(b, "  %s: \"${%s}\"\n", name, variable(st.Exchange+" "+name))
		case setting.Default != "":
			fmt.Fprintf(b, "  # %s: %q\n", name, setting.Default)
		case setting.Secret:
			fmt.Fprintf(b, "  # %s: \"${%s}\"   # no default: clauses that need it are UNTESTABLE\n", name, variable(st.Exchange+" "+name))
		default:
			fmt.Fprintf(b, "  # %s:   # no default: clauses that need it are UNTESTABLE\n", name)
		}
	}
}

func features(b *strings.Builder, st conform.Suite) {
	if len(st.Features) == 0 {
		return
	}
	b.WriteString("\n# Optional parts: true is tested, false must be absent, left out is not applicable.\n# features:\n")
	for _, name := range sortedKeys(st.Features) {
		comment(b, "  ", st.Features[name].Text)
		fmt.Fprintf(b, "  # %s: true\n", name)
	}
}

func identities(b *strings.Builder, st conform.Suite) {
	b.WriteString("\n# Accounts the suite may use and spoil; one spec has one at a time, so give several of each role.\nidentities:\n")
	for _, role := range sortedKeys(st.Roles) {
		comment(b, "  ", role+": "+st.Roles[role])
		fmt.Fprintf(b, "  - name: %s-1\n    roles: [%s]\n    login: %s-1@staging.example.com\n", role, role, role)
		fmt.Fprintf(b, "    # password: \"${%s}\"   # where the exchange has passwords\n    # id:\n    # phone: \"+15555550100\"\n",
			variable(role+" 1 password"))
		fmt.Fprintf(b, "    # totp-secret: \"${%s}\"   # only when a second factor is on already\n", variable(role+" 1 totp secret"))
		fmt.Fprintf(b, "    # api-key: \"${%s}\"   # where requests are signed\n    # api-secret: \"${%s}\"\n", variable(role+" 1 api key"),
			variable(role+" 1 api secret"))
		fmt.Fprintf(b, "    # token: \"${%s}\"   # where calls carry a token that is issued elsewhere\n", variable(role+" 1 token"))
	}
}

// rest is the same for every exchange.
const rest = `
# What this deployment has of the surface, by operationId (authconform contract prints them): the
# clauses of all else do not apply. Either all that it has, or all but what it lacks.
# operations: []
# except: []

# Where mailed or texted codes arrive: mailpit, mailcatcher, or exec with a command.
# inbox:
#   kind: mailpit
#   url: https://mail.staging.example.com
#   sms-address: "{phone}@sms.invalid"
# An exec inbox is a program of yours, which is run each time with the address as its last argument
# and prints the messages to it as JSON objects, one a line: {"id", "from", "to": [], "subject",
# "text", "html", "at"}, all of them optional, "at" as in RFC 3339.
#   kind: exec
#   command: [./inbox.sh]

# What the deployment counts; the suite stays below unless a clause asks for a refusal.
# limits:
#   password: {attempts: 5, window: 60s, block: 60s}
#   second-factor: {attempts: 5, window: 60s, block: 60s}
#   pace: 20/s
#   max-wait: 2m
#   max-run: 30m         # clauses that no longer fit are NOT_RUN, and the exit code is 3; 6h if left out
#   max-calls: 200000    # the same, of requests
#   max-evidence: 200MiB # of all that a run writes; calls beyond it are kept without headers and bodies
#   max-memory: 256MiB   # of each process of a run

# Your agreement: hosts that may be connected to, and whether clauses may lock
# accounts out, fill limits and change settings of the whole deployment.
allow:
  hosts: [staging.example.com]
  disruptive: false

# How to reach it.
# http:
#   timeout: 10s
#   max-body: 1MiB                     # the largest answer that is read, decoded; beyond is a finding
#   max-header: 256KiB
#   max-depth: 100                     # levels of a JSON body
#   max-values: 50000                  # values of a JSON body
#   ca-file: ca.pem                    # authorities to trust
#   client-cert-file: client.pem       # both or neither
#   client-key-file: client.key
#   proxy: http://proxy.example.com:3128
#   headers: {X-Gate: "${GATE}"}       # sent with every request
#   basic: {user: staging, password: "${GATE_PASSWORD}"}   # where a gateway asks for Basic credentials

# Only where the deployment has a captcha, or a test clock that takes POST {"seconds": 60}.
# captcha: {response: "${CAPTCHA_RESPONSE}"}
# clock: {advance-url: https://staging.example.com/test/clock}

# Failures that you accept for a while, by clause or by glob.
# deviations:
#   - {clause: EXCHANGE.area.*, reason: why, link: https://tracker.example.com/1, owner: back-end, expires: 2026-12-31}
`

// lineWidth is where comments are wrapped.
const lineWidth = 100

// comment writes a text as comment lines.
func comment(b *strings.Builder, indent, text string) {
	line := indent + "#"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > lineWidth && line != indent+"#" {
			b.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

// variable is a name for the environment.
func variable(text string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(text))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
