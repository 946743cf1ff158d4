package barong

import (
	"strings"
	"time"
	"unicode/utf8"
)

// stamp is how entities write created_at and updated_at; raw rows and
// validated_at have milliseconds.
func stamp(at time.Time) string  { return at.UTC().Format("2006-01-02T15:04:05Z") }
func millis(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

type stamps struct {
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
}

func stampsOf(created, updated time.Time) stamps { return stamps{stamp(created), stamp(updated)} }

type userEntity struct {
	Email        string          `json:"email"`
	UID          string          `json:"uid"`
	Role         string          `json:"role"`
	Level        int             `json:"level"`
	OTP          bool            `json:"otp"`
	State        string          `json:"state"`
	ReferralUID  *string         `json:"referral_uid"`
	Data         *string         `json:"data"`
	Username     *string         `json:"username"`
	CSRFToken    string          `json:"csrf_token,omitempty"` // of answers that open a session
	Labels       []labelEntity   `json:"labels"`
	Phones       []phoneEntity   `json:"phones"`
	Profiles     []profileEntity `json:"profiles"`
	DataStorages []storageEntity `json:"data_storages"`
	stamps
}

// userWithFullInfo is what a user sees of himself.
func (s *Server) userWithFullInfo(a *account) userEntity {
	otp := a.otp
	if s.On(faultOTPFlagUnchanged) {
		otp = a.otpAtFirst
	}
	return userEntity{
		Email: a.email, UID: a.uid, Role: a.role, Level: a.level, OTP: otp, State: a.state,
		ReferralUID: a.referralUID, Data: a.data, Username: a.username,
		Labels: each(a.labels, labelOf), Phones: each(a.phones, s.phoneOf),
		Profiles: each(a.profiles, s.profileOf), DataStorages: each(a.storages, storageOf),
		stamps: stampsOf(a.created, a.updated),
	}
}

// each renders a list; an empty one is [], not null.
func each[T, E any](list []T, render func(T) E) []E {
	rendered := []E{}
	for _, item := range list {
		rendered = append(rendered, render(item))
	}
	return rendered
}

type labelEntity struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Scope string `json:"scope"`
	stamps
}

func labelOf(l *label) labelEntity {
	return labelEntity{Key: l.key, Value: l.value, Scope: l.scope, stamps: stampsOf(l.created, l.updated)}
}

type phoneEntity struct {
	Country     string  `json:"country"`
	Number      string  `json:"number"`
	ValidatedAt *string `json:"validated_at"`
}

func (s *Server) phoneOf(p *phone) phoneEntity {
	entity := phoneEntity{Country: p.country, Number: masked(p.number, len(p.callingCode), 4)}
	if s.On(faultPhoneUnmasked) {
		entity.Number = p.number
	}
	if !p.validated.IsZero() {
		at := millis(p.validated)
		entity.ValidatedAt = &at
	}
	return entity
}

// masked keeps so many bytes in front and behind and hides the rest.
func masked(text string, front, behind int) string {
	hidden := len(text) - front - behind
	if hidden <= 0 {
		return text
	}
	return text[:front] + strings.Repeat("*", hidden) + text[len(text)-behind:]
}

type profileEntity struct {
	FirstName *string `json:"first_name"`
	LastName  *string `json:"last_name"`
	DOB       *string `json:"dob"`
	Address   *string `json:"address"`
	Postcode  *string `json:"postcode"`
	City      *string `json:"city"`
	Country   *string `json:"country"`
	State     string  `json:"state"`
	Metadata  *string `json:"metadata"`
	stamps
}

// profileOf hides the last name but its first letter, and the day of birth.
func (s *Server) profileOf(p *profile) profileEntity {
	entity := profileEntity{
		FirstName: p.firstName, LastName: p.lastName, Address: p.address, Postcode: p.postcode,
		City: p.city, Country: p.country, State: p.state, Metadata: p.metadata, stamps: stampsOf(p.created, p.updated),
	}
	if p.dob != nil {
		day := p.dob.Format("2006-01-") + "**"
		if s.On(faultProfileUnmasked) {
			day = p.dob.Format(time.DateOnly)
		}
		entity.DOB = &day
	}
	if p.lastName != nil && !s.On(faultProfileUnmasked) {
		_, first := utf8.DecodeRuneInString(*p.lastName)
		hidden := (*p.lastName)[:first] + strings.Repeat("*", utf8.RuneCountInString((*p.lastName)[first:]))
		entity.LastName = &hidden
	}
	return entity
}

type storageEntity struct {
	Title string `json:"title"`
	Data  string `json:"data"`
	stamps
}

func storageOf(d *storage) storageEntity {
	return storageEntity{Title: d.title, Data: d.data, stamps: stampsOf(d.created, d.updated)}
}
