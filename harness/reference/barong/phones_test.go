package barong

import (
	"fmt"
	"testing"
	"time"

	"authconform/harness/reference/kit"
)

const (
	phonesURL = "/resource/phones"
	freePhone = "+44 (0)7418 084106" // 447418084106
)

func (u user) phone(number string) reply {
	u.d.t.Helper()
	return u.do("POST", phonesURL, object{"phone_number": number})
}

func (u user) resend(number string) reply {
	u.d.t.Helper()
	return u.do("POST", phonesURL+"/send_code", object{"phone_number": number})
}

func (u user) verifyPhone(number, code string) reply {
	u.d.t.Helper()
	return u.do("POST", phonesURL+"/verify", object{"phone_number": number, "verification_code": code})
}

// verifiedPhone adds a number and verifies it with a mock code.
func (u user) verifiedPhone(number string) reply {
	u.d.t.Helper()
	u.phone(number)
	return u.verifyPhone(number, "any")
}

func sentPhones(c *Config) { c.Phones = TwilioSMS }

var phoneScenarios = map[string]scenario{
	faultPhoneAnyCode: {config: sentPhones, see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		u.phone(freePhone)
		return statuses(u.verifyPhone(freePhone, "wrong"))
	}},
	faultPhoneNumberShared: {see: func(d *deployment) string {
		d.user(roleActive, 0).verifiedPhone(freePhone)
		return statuses(d.user(roleActive, 1).verifiedPhone(freePhone))
	}},
	faultPhoneUnmasked: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		u.phone(freePhone)
		return u.do("GET", phonesURL, nil).column("number")
	}},
	faultPhoneVerifyWithoutLabel: {see: func(d *deployment) string {
		got := d.user(roleActive, 0).verifiedPhone(freePhone)
		return fmt.Sprint(got.status, got.member("level"))
	}},
	faultPhoneResendAtOnce: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		u.phone(freePhone)
		return statuses(u.resend(freePhone))
	}},
}

func TestMockPhones(t *testing.T) {
	const taken = "400 resource.phone.number_exist"
	for _, profile := range profiles {
		d := start(t, profile)
		u, other := d.user(roleActive, 0), d.user(roleActive, 1)
		d.want("none", u.do("GET", phonesURL, nil), "200 []")
		sent := fmt.Sprint(d.statusOf("createPhone")) + ` {"message":"Code was sent successfully via `
		d.want("added", u.phone(freePhone), sent+`sms"}`)
		d.want("its own again", u.phone("447418084106"), "400 resource.phone.exists")
		d.want("listed", u.do("GET", phonesURL, nil), `200 [{"country":"GB","number":"44******4106","validated_at":null}]`)
		d.want("unverified, of another", other.phone(freePhone), sent+`sms"}`)
		d.Clock.Advance(limitWindow)
		d.want("sent again", u.do("POST", phonesURL+"/send_code", object{"phone_number": freePhone, "channel": "call"}), sent+`call"}`)
		got := u.verifyPhone(freePhone, "any")
		if got.status != 201 || got.member("level") != 2.0 || got.member("csrf_token") != nil ||
			u.do("GET", labelsPath+"/phone", nil).text("value") != "verified" {
			t.Errorf("%s: verified: %s", profile, got)
		}
		d.want("listed", u.do("GET", phonesURL, nil), `200 [{"country":"GB","number":"44******4106","validated_at":"2026-05-04T12:01:00.000Z"}]`)
		for what, who := range map[string]user{"its owner's": u, "another's": other} {
			d.want(what+": add", who.phone(freePhone), taken)
			d.want(what+": send", who.resend(freePhone), taken)
			d.want(what+": verify", who.verifyPhone(freePhone, "any"), taken)
		}
	}
}

func TestPhoneRefusals(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	d.user(roleActive, 1).phone(freePhone)
	for _, path := range []string{phonesURL, phonesURL + "/send_code", phonesURL + "/verify"} {
		for _, number := range []string{"123", "0", "abc", "+44 123", "+999 7418084106", "+49 123456789012345"} {
			body := object{"phone_number": number, "verification_code": "any"}
			d.want(path+" "+number, u.do("POST", path, body), "400 resource.phone.invalid_num")
		}
	}
	for _, path := range []string{phonesURL, phonesURL + "/send_code"} {
		d.want(path, u.do("POST", path, object{"phone_number": freePhone, "channel": "mail"}), "422 resource.phone.invalid_channel")
	}
	d.want("another's, sent", u.resend(freePhone), "404 resource.phone.doesnt_exist")
	d.want("another's, verified", u.verifyPhone(freePhone, "any"), "404 resource.phone.doesnt_exist")
}

func TestParseNumber(t *testing.T) {
	for typed, want := range map[string]string{
		"+44 07418084106": "GB 447418084106", "44-7418-084106": "GB 447418084106", "+1 (415) 555-2671": "US 14155552671",
		"+39 06 698 1234": "IT 39066981234", "+380 44 123 4567": "UA 380441234567", "+33 0 12": "", "+1 015 555 2671": "", "": "", "+": "",
	} {
		got := ""
		if found := parseNumber(typed); found != nil {
			got = found.country + " " + found.number
		}
		if got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestSentPhoneCodes(t *testing.T) {
	for _, profile := range profiles {
		config := openConfig()
		config.Profile = profile
		sentPhones(&config)
		d := startWith(t, config)
		u := d.user(rolePhone, 0)
		u.phone(u.who.Phone)
		d.Clock.Advance(limitWindow)
		u.resend(u.who.Phone)
		texts := d.mails(kit.SMSAddress(u.who.Phone))
		if len(texts) != 2 || texts[0] != texts[1] || len(texts[0]) != len("Your verification code: 12345") {
			t.Fatalf("%s: %d texts", profile, len(texts))
		}
		code := texts[0][len(texts[0])-5:]
		d.want("wrong", u.verifyPhone(u.who.Phone, code+"0"), "404 resource.phone.verification_invalid")
		if got := u.verifyPhone(u.who.Phone, code); got.status != 201 || got.member("level") != 2.0 {
			t.Errorf("%s: right: %s", profile, got)
		}
	}
}

// later moves into the limiter's next window, so that only the phone limits bite.
func later(u user) user {
	u.d.Clock.Advance(limitWindow)
	return u
}

func TestPhoneLimits(t *testing.T) {
	config := openConfig()
	config.Profile = Release31
	sentPhones(&config)
	d := startWith(t, config)

	u := d.user(roleActive, 0)
	u.phone(freePhone)
	d.Clock.Advance(resendPause - time.Second)
	d.want("after 29 s", u.resend(freePhone), "400 resource.phone.code_sent_too_fast")
	d.Clock.Advance(time.Second)
	for n := 2; n <= phoneSends; n++ {
		if got := later(u).resend(freePhone); got.status != 201 {
			t.Errorf("text message %d: %s", n, got)
		}
	}
	d.want("sixth text message", later(u).resend(freePhone), "400 resource.phone.too_many_retries")
	for range phoneTries {
		d.want("wrong code", later(u).verifyPhone(freePhone, "wrong"), "404 resource.phone.verification_invalid")
	}
	d.want("eleventh code", later(u).verifyPhone(freePhone, "wrong"), "400 resource.phone.too_many_retries")
	d.want("banned", u.me(), "401 authz.user_not_active")

	other := d.user(roleActive, 1)
	for n := range phonesUnused {
		if got := later(other).phone(fmt.Sprint("+44741808420", n)); got.status != 201 {
			t.Errorf("phone %d: %s", n+1, got)
		}
	}
	d.want("fourth phone", later(other).phone("+447418084209"), "400 resource.phone.too_many_unverified")
	d.want("banned", d.login(later(other).who), "401 identity.session.banned")
}

func TestNoPhoneLimitsElsewhere(t *testing.T) {
	for _, profile := range []string{Release26, Documented} {
		config := openConfig()
		config.Profile = profile
		sentPhones(&config)
		d := startWith(t, config)
		u := d.user(roleActive, 0)
		u.phone(freePhone)
		for range phoneTries + 2 {
			if got := u.resend(freePhone); got.status != d.statusOf("sendPhoneCode") {
				t.Errorf("%s: sent again at once: %s", profile, got)
			}
			d.want(profile, u.verifyPhone(freePhone, "wrong"), "404 resource.phone.verification_invalid")
		}
		for n := range phonesUnused + 2 {
			if got := u.phone(fmt.Sprint("+44741808420", n)); got.status != d.statusOf("createPhone") {
				t.Errorf("%s: unverified phone %d: %s", profile, n+2, got)
			}
		}
	}
}
