// Package reference names the embedded, correct back ends, one per exchange. A
// reference shares no code with the suite that judges it.
package reference

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"authconform/harness/reference/alphapoint"
	"authconform/harness/reference/barong"
	"authconform/harness/reference/coinrabbit"
	"authconform/harness/reference/kit"
	"authconform/harness/reference/onlyoffice"
)

// Instance is one running state of a reference, ready to be served.
type Instance struct {
	Handler    http.Handler
	Identities []kit.Identity
	Captcha    string            // the one captcha answer it accepts
	Features   map[string]bool   // what a target file declares of it
	Settings   map[string]string // likewise
	// PasswordLimit and CodeLimit are its limits of failed attempts.
	PasswordLimit, CodeLimit Limit
	// MailpitPath is where its outbox speaks the Mailpit HTTP API, and SMSAddress
	// the address under which a text for {phone} lands there.
	MailpitPath, SMSAddress string
	// AdvancePath is the control endpoint of its clock.
	AdvancePath string
}

// Limit refuses what exceeds Attempts within Window, for the time Block.
type Limit struct {
	Attempts      int
	Window, Block time.Duration
}

// Options choose what the reference is.
type Options struct {
	Profile string
	Faults  []string          // ids; an unknown one is an error
	Set     map[string]string // what Settings lists, where it is not to be as usual
	Cheap   bool              // hashes passwords with one iteration, for proofs
	Small   bool              // has identities for a few specs only
	Large   bool              // has identities enough that none is used twice in a run
}

// Setting is something of a reference that differs between deployments.
type Setting struct {
	Name, Text string
	Values     []string // allowed; the first is the usual one. None: any text
}

// Deployment is one way to set up a reference. Where no single one has all that
// an exchange's documents describe, several together do.
type Deployment struct {
	Name string
	Set  map[string]string
}

type maker struct {
	start       func(Options) (*Instance, error)
	faults      func() []kit.Fault
	settings    []Setting
	deployments []Deployment // beside the usual one
}

var makers = map[string]maker{
	"barong":     {start: startBarong, faults: barong.Faults, settings: barongSettings, deployments: []Deployment{{"guarded", guarded}}},
	"coinrabbit": {start: startCoinRabbit, faults: coinrabbit.Faults},
	"kiiex":      kiiexMaker(alphapoint.Legacy),
	"kiiexap":    kiiexMaker(alphapoint.Trading),
	"onlyoffice": {start: startOnlyOffice, faults: onlyoffice.Faults},
}

// New makes the reference of an exchange. Its identities and secrets are drawn
// anew each time.
func New(exchange string, o Options) (*Instance, error) {
	m, ok := makers[exchange]
	if !ok {
		return nil, fmt.Errorf("there is no reference for %q; there is one for: %s", exchange, strings.Join(slices.Sorted(maps.Keys(makers)), ", "))
	}
	for name, value := range o.Set {
		if err := m.allows(name, value); err != nil {
			return nil, fmt.Errorf("the reference of %s: %w", exchange, err)
		}
	}
	return m.start(o)
}

func (m maker) allows(name, value string) error {
	var names []string
	for _, setting := range m.settings {
		if setting.Name != name {
			names = append(names, setting.Name)
			continue
		}
		if len(setting.Values) > 0 && !slices.Contains(setting.Values, value) {
			return fmt.Errorf("setting %s is %q; want one of: %s", name, value, strings.Join(setting.Values, ", "))
		}
		return nil
	}
	if len(names) == 0 {
		return fmt.Errorf("it has no settings, so there is no %q", name)
	}
	return fmt.Errorf("it has no setting %q; it has: %s", name, strings.Join(names, ", "))
}

// Settings lists what Options.Set may say of the exchange's reference.
func Settings(exchange string) []Setting { return makers[exchange].settings }

// Deployments lists the ways to set up the exchange's reference that together
// show everything its contract promises, the usual one first.
func Deployments(exchange string) []Deployment {
	return append([]Deployment{{Name: "usual"}}, makers[exchange].deployments...)
}

// Faults lists the behaviour faults that the exchange's reference knows.
func Faults(exchange string) []kit.Fault {
	m, ok := makers[exchange]
	if !ok {
		return nil
	}
	return m.faults()
}

func startOnlyOffice(o Options) (*Instance, error) {
	config := onlyoffice.Config{Profile: o.Profile, Faults: o.Faults}
	if o.Cheap {
		config.HashIterations = 1
	}
	if o.Small {
		config.Pool = map[string]int{"owner": 1, "admin": 8, "room-admin": 4, "user": 40, "totp": 60, "disabled": 4, "phone": 8, "no-phone": 8}
	}
	if o.Large {
		config.Pool = map[string]int{"owner": 1, "admin": 64, "room-admin": 32, "user": 600, "totp": 600, "disabled": 16, "phone": 24, "no-phone": 32}
	}
	server, err := onlyoffice.New(config)
	if err != nil {
		return nil, err
	}
	return &Instance{
		Handler: server, Identities: server.Identities(), Captcha: server.CaptchaResponse(),
		Features:      map[string]bool{"captcha": true, "sms": true},
		PasswordLimit: Limit{5, time.Minute, time.Minute}, CodeLimit: Limit{5, time.Minute, time.Minute},
		MailpitPath: kit.ControlPrefix + "mailpit", SMSAddress: "{phone}@sms.invalid",
		AdvancePath: kit.ControlPrefix + "clock/advance",
	}, nil
}

func startCoinRabbit(o Options) (*Instance, error) {
	config := coinrabbit.Config{Profile: o.Profile, Faults: o.Faults}
	if o.Small {
		config.Accounts = 60
	}
	server, err := coinrabbit.New(config)
	if err != nil {
		return nil, err
	}
	return &Instance{
		Handler: server, Identities: server.Identities(), Settings: server.Settings(),
		Features:    map[string]bool{"jwt": true},
		CodeLimit:   Limit{5, time.Minute, time.Minute},
		MailpitPath: kit.ControlPrefix + "mailpit", SMSAddress: "{phone}@sms.invalid",
		AdvancePath: kit.ControlPrefix + "clock/advance",
	}, nil
}

// kiiexMaker starts one of KIIEX's two surfaces.
func kiiexMaker(surface string) maker {
	return maker{
		start:  func(o Options) (*Instance, error) { return startKiiex(surface, o) },
		faults: func() []kit.Fault { return alphapoint.Faults(surface) },
	}
}

// barongLimit is what release 3.1 takes of one address and of one e-mail address.
var barongLimit = Limit{Attempts: 5, Window: time.Minute}

func startKiiex(surface string, o Options) (*Instance, error) {
	config := alphapoint.Config{Surface: surface, Profile: o.Profile, Faults: o.Faults}
	if o.Cheap {
		config.HashIterations = 1
	}
	if o.Small {
		config.Pool = map[string]int{"user": 60, "totp": 60, "unenrolled": 12, "locked": 2, "lockable": 8}
	}
	server, err := alphapoint.New(config)
	if err != nil {
		return nil, err
	}
	platform := o.Profile == alphapoint.Platform
	instance := &Instance{
		Handler: server, Identities: server.Identities(),
		Features:      map[string]bool{"signed-headers": platform},
		Settings:      map[string]string{"gateway": server.Gateway(), "lock-after": strconv.Itoa(server.LockAfter())},
		PasswordLimit: Limit{5, time.Minute, time.Minute}, CodeLimit: Limit{5, time.Minute, time.Minute},
		MailpitPath: kit.ControlPrefix + "mailpit", AdvancePath: kit.ControlPrefix + "clock/advance",
	}
	if surface == alphapoint.Trading {
		instance.Features["basic"] = platform
	}
	return instance, nil
}
