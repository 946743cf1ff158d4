package alphapoint

import (
	"cmp"
	"hash/fnv"
	"strconv"
	"time"

	"authconform/harness/reference/kit"
)

// device is one entry of GetUserDevices.
type device struct {
	HashCode       int64
	Location       string
	DeviceName     string
	IpAddress      string
	UserId         int
	IsTrusted      bool
	ExpirationTime int64 // .NET ticks, whatever the documents call them
}

// ticks counts 100 ns steps from the year 1, as .NET does.
func ticks(at time.Time) int64 {
	const unixEpoch = 621_355_968_000_000_000
	return unixEpoch + at.UnixNano()/100
}

const deviceLifetime = 90 * 24 * time.Hour

func (s *Server) getUserDevices(r *request) answer {
	u, refused := s.subject(r, "UserId", faultForeignDevicesShown)
	if refused != nil {
		return *refused
	}
	shown := append([]device{}, u.devices...)
	if s.On(faultOddCodeInDevices) {
		shown = append(shown, device{HashCode: 1, DeviceName: u.deviceCode, UserId: u.id})
	}
	return ok(shown)
}

// getUserConfig returns pairs with personal data taken out.
func (s *Server) getUserConfig(r *request) answer {
	u, refused := s.subject(r, "userId", faultForeignConfigurationShown)
	if refused != nil {
		return *refused
	}
	factor := "None"
	if u.enrolled {
		factor = "Google"
	}
	if s.On(faultOddSecretInConfig) {
		factor = cmp.Or(u.totp, factor)
	}
	return ok([]object{{"Key": "language", "Value": "en"}, {"Key": "2FAType", "Value": factor}, {"Key": "phone", "Value": "****"}})
}

// subject is the user whose data a call asks for: the caller and nobody else.
func (s *Server) subject(r *request, name, fault string) (*user, *answer) {
	in, refused := s.members(r)
	if refused != nil {
		return nil, refused
	}
	id, refused := s.userID(r, in, name)
	if refused != nil {
		return nil, refused
	}
	if refused := s.texts(r, in, "userName"); refused != nil {
		return nil, refused
	}
	u := s.userByID(strconv.Itoa(id))
	if other := s.oddSubject(r, in, id); other != nil {
		return other, nil
	}
	if u == r.session.user || u != nil && s.On(fault) {
		return u, nil
	}
	forbiddenAnswer := s.refuse(r, forbidden)
	return nil, &forbiddenAnswer
}

// registerNewDevice trusts a device with the code that was mailed. The request's
// HashCode is a text, the list's a number (1.11); a text that is no number is
// hashed to one.
func (s *Server) registerNewDevice(r *request) answer {
	in, refused := s.members(r)
	if refused != nil {
		return *refused
	}
	if refused := s.texts(r, in, "HashCode", "PendingEmailCode"); refused != nil {
		return *refused
	}
	if !in["HashCode"].given() || !in["PendingEmailCode"].given() {
		return s.refuse(r, incomplete)
	}
	u, code := r.session.user, in["PendingEmailCode"].text
	if other := s.userByID(in["UserId"].text); other != nil && s.On(faultOddRegistersForOther) {
		u, code = other, other.deviceCode
	}
	if !s.deviceCodeRight(u, code) && !s.oddDeviceCodeRight(r, u, code) {
		if s.On(faultOddWrongSpendsDeviceCode) {
			u.deviceCode = ""
		}
		if s.On(faultOddRefusedRegistration) {
			s.addDevice(r, u, in["HashCode"].text)
		}
		return s.refuse(r, deviceCodeWrong)
	}
	if !s.On(faultDeviceCodeReusable) {
		u.deviceCode = ""
	}
	if !s.On(faultDeviceNotRegistered) {
		s.addDevice(r, u, in["HashCode"].text)
	}
	return standardResponse()
}

func (s *Server) addDevice(r *request, u *user, hash string) {
	u.devices = append(u.devices, device{
		HashCode: hashCode(hash), DeviceName: r.http.UserAgent(), IpAddress: "127.0.0.1", UserId: u.id,
		IsTrusted: true, ExpirationTime: ticks(r.Now.Add(deviceLifetime)),
	})
}

func (s *Server) deviceCodeRight(u *user, code string) bool {
	if s.SameProof(u.deviceCode, code) || s.On(faultAnyDeviceCodeAccepted) {
		return true
	}
	if s.On(faultForeignDeviceCodeAccepted) {
		for _, other := range s.users {
			if kit.SameSecret(other.deviceCode, code) {
				return true
			}
		}
	}
	return false
}

func hashCode(text string) int64 {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	h := fnv.New32a()
	h.Write([]byte(text))
	return int64(h.Sum32())
}
