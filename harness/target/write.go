package target

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// document is a target file as Write puts it down; only what is set appears.
type document struct {
	Version    int               `yaml:"version"`
	Exchange   string            `yaml:"exchange"`
	URL        string            `yaml:"url"`
	Profile    string            `yaml:"profile,omitempty"`
	Settings   map[string]string `yaml:"settings,omitempty"`
	Features   map[string]bool   `yaml:"features,omitempty"`
	Identities []identityYAML    `yaml:"identities,omitempty"`
	Inbox      *inboxYAML        `yaml:"inbox,omitempty"`
	Captcha    *captchaYAML      `yaml:"captcha,omitempty"`
	Clock      *clockYAML        `yaml:"clock,omitempty"`
	Limits     limitsYAML        `yaml:"limits,omitempty"`
	Allow      allowYAML         `yaml:"allow"`
	HTTP       httpYAML          `yaml:"http,omitempty"`
	Deviations []deviationYAML   `yaml:"deviations,omitempty"`
}

type identityYAML struct {
	Name       string   `yaml:"name"`
	Roles      []string `yaml:"roles,flow"`
	Login      string   `yaml:"login"`
	Password   string   `yaml:"password,omitempty"`
	ID         string   `yaml:"id,omitempty"`
	Phone      string   `yaml:"phone,omitempty"`
	TOTPSecret string   `yaml:"totp-secret,omitempty"`
	APIKey     string   `yaml:"api-key,omitempty"`
	APISecret  string   `yaml:"api-secret,omitempty"`
	Token      string   `yaml:"token,omitempty"`
}

type inboxYAML struct {
	Kind       string   `yaml:"kind"`
	URL        string   `yaml:"url,omitempty"`
	Command    []string `yaml:"command,flow,omitempty"`
	SMSAddress string   `yaml:"sms-address,omitempty"`
}

type captchaYAML struct {
	Response string `yaml:"response"`
}

type clockYAML struct {
	AdvanceURL string `yaml:"advance-url"`
}

type limitYAML struct {
	Attempts int    `yaml:"attempts"`
	Window   string `yaml:"window"`
	Block    string `yaml:"block,omitempty"`
}

type limitsYAML struct {
	Password     *limitYAML `yaml:"password,omitempty"`
	SecondFactor *limitYAML `yaml:"second-factor,omitempty"`
	Pace         string     `yaml:"pace,omitempty"`
	MaxWait      string     `yaml:"max-wait,omitempty"`
}

type allowYAML struct {
	Hosts      []string `yaml:"hosts,flow,omitempty"`
	Production bool     `yaml:"production"`
	Disruptive bool     `yaml:"disruptive"`
}

type httpYAML struct {
	Timeout        string            `yaml:"timeout,omitempty"`
	MaxBody        string            `yaml:"max-body,omitempty"`
	CAFile         string            `yaml:"ca-file,omitempty"`
	ClientCertFile string            `yaml:"client-cert-file,omitempty"`
	ClientKeyFile  string            `yaml:"client-key-file,omitempty"`
	Proxy          string            `yaml:"proxy,omitempty"`
	Headers        map[string]string `yaml:"headers,omitempty"`
}

type deviationYAML struct {
	Clause  string `yaml:"clause"`
	Reason  string `yaml:"reason"`
	Link    string `yaml:"link"`
	Expires string `yaml:"expires"`
}

// Write writes the target as a file Load reads back. Secrets go to a sibling
// file, t.secrets.env for t.yaml, and are referred to from the target file. Both
// files are readable by their owner only and replace what was there whole.
// secretSettings names the settings that are secrets.
func (t *Target) Write(path string, secretSettings ...string) error {
	w := &writer{
		file:  strings.TrimSuffix(path, filepath.Ext(path)) + ".secrets.env",
		taken: map[string]bool{},
	}
	d := w.document(t, secretSettings)
	if w.err != nil {
		return fmt.Errorf("target %s cannot be written: %w", path, w.err)
	}
	content, err := yaml.Marshal(d)
	if err != nil {
		return fmt.Errorf("target %s cannot be written: %w", path, err)
	}
	// The secrets come first: a target file never refers to what is not there yet.
	if len(w.taken) > 0 {
		if err := replace(w.file, w.entries.String()); err != nil {
			return err
		}
	}
	return replace(path, string(content))
}

// replace writes a new file of mode 0600 and renames it into place, so that no
// reader sees half of it and an older file's wider mode does not last.
func replace(path, content string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return fmt.Errorf("cannot write %s: %s; choose a folder you may write to", path, reason(err))
	}
	_, err = f.WriteString(content)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("cannot write %s: %s", path, reason(err))
	}
	return nil
}

type writer struct {
	file    string // secrets
	entries strings.Builder
	taken   map[string]bool // entry names in use
	err     error
}

// secret moves a value to the secrets file and returns what refers to it.
func (w *writer) secret(name, value string) string {
	if value == "" {
		return ""
	}
	base := strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '_'
	}, strings.ToUpper(name))
	if !variableName.MatchString(base) {
		base = "S_" + base
	}
	name = base
	for n := 2; w.taken[name]; n++ {
		name = base + "_" + strconv.Itoa(n)
	}
	w.taken[name] = true
	w.entries.WriteString(entry(name, value))
	return "file:" + w.escape(filepath.Base(w.file)) + "#" + name
}

// text writes a plain value so that nothing in it reads as a reference.
func (w *writer) text(name, value string) string {
	if strings.HasPrefix(value, "file:") {
		return w.secret(name, value)
	}
	return w.escape(value)
}

func (*writer) escape(s string) string { return strings.ReplaceAll(s, "${", "$${") }

func (w *writer) texts(name string, values []string) []string {
	var out []string
	for _, v := range values {
		out = append(out, w.text(name, v))
	}
	return out
}

// path is written absolute: relative ones are relative to the target file, which
// Write may put anywhere.
func (w *writer) path(name, value string) string {
	if value == "" {
		return ""
	}
	absolute, err := filepath.Abs(value)
	if err != nil {
		w.err = err
	}
	return w.text(name, absolute)
}

func (w *writer) document(t *Target, secretSettings []string) document {
	d := document{
		Version: Version, Exchange: t.Exchange, URL: w.text("url", t.URL), Profile: w.text("profile", t.Profile), Features: t.Features,
		Limits: limitsYAML{
			Password: limit(t.Limits.Password), SecondFactor: limit(t.Limits.SecondFactor),
			Pace: paceText(t.Limits.Pace), MaxWait: durationText(t.Limits.MaxWait),
		},
		Allow: allowYAML{w.texts("host", t.Allow.Hosts), t.Allow.Production, t.Allow.Disruptive},
		HTTP: httpYAML{
			Timeout: durationText(t.HTTP.Timeout), MaxBody: sizeText(t.HTTP.MaxBody), CAFile: w.path("ca-file", t.HTTP.CAFile),
			ClientCertFile: w.path("client-cert-file", t.HTTP.ClientCertFile), ClientKeyFile: w.path("client-key-file", t.HTTP.ClientKeyFile),
			Proxy: w.text("proxy", t.HTTP.Proxy), Headers: map[string]string{},
		},
		Settings: map[string]string{},
	}
	secret := map[string]bool{}
	for _, name := range secretSettings {
		secret[name] = true
	}
	for _, name := range sorted(t.Settings) {
		if secret[name] {
			d.Settings[name] = w.secret("setting-"+name, t.Settings[name])
		} else {
			d.Settings[name] = w.text("setting-"+name, t.Settings[name])
		}
	}
	for _, i := range t.Identities {
		d.Identities = append(d.Identities, identityYAML{
			Name: i.Name, Roles: i.Roles, Login: w.text(i.Name+"-login", i.Login), Password: w.secret(i.Name+"-password", i.Password),
			ID: w.text(i.Name+"-id", i.ID), Phone: w.text(i.Name+"-phone", i.Phone), TOTPSecret: w.secret(i.Name+"-totp-secret", i.TOTPSecret),
			APIKey: w.secret(i.Name+"-api-key", i.APIKey), APISecret: w.secret(i.Name+"-api-secret", i.APISecret), Token: w.secret(i.Name+"-token", i.Token),
		})
	}
	if in := t.Inbox; in != nil {
		d.Inbox = &inboxYAML{in.Kind, w.text("inbox-url", in.URL), w.texts("inbox-command", in.Command), w.text("sms-address", in.SMSAddress)}
	}
	if t.Captcha.Response != "" {
		d.Captcha = &captchaYAML{w.secret("captcha-response", t.Captcha.Response)}
	}
	if t.Clock.AdvanceURL != "" {
		d.Clock = &clockYAML{w.text("clock", t.Clock.AdvanceURL)}
	}
	for _, name := range sorted(t.HTTP.Header) {
		d.HTTP.Headers[name] = w.secret("header-"+name, t.HTTP.Header.Get(name))
	}
	for _, v := range t.Deviations {
		last := v.Expires.AddDate(0, 0, -1).Format(time.DateOnly)
		d.Deviations = append(d.Deviations, deviationYAML{v.Clause, w.text("reason", v.Reason), w.text("link", v.Link), last})
	}
	return d
}

func limit(l *Limit) *limitYAML {
	if l == nil {
		return nil
	}
	return &limitYAML{l.Attempts, durationText(l.Window), durationText(l.Block)}
}

// durationText avoids units Load does not take: time.Duration prints 90 µs so.
func durationText(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d%time.Second == 0:
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	default:
		return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
	}
}

// paceText writes a pace per minute where that is the whole number.
func paceText(perSecond float64) string {
	if perSecond <= 0 {
		return ""
	}
	if perSecond == float64(int64(perSecond)) {
		return strconv.FormatInt(int64(perSecond), 10) + "/s"
	}
	return strconv.FormatInt(max(1, int64(perSecond*60+0.5)), 10) + "/m"
}

func sizeText(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + "MiB"
	default:
		return strconv.FormatInt((n+1023)>>10, 10) + "KiB"
	}
}
