package family

import (
	"net/http"
	"net/url"
)

// Disguise is what a request may claim of itself in header fields and parameters that no
// document names: many at once, for a server that believes none believes them all no more.
type Disguise struct {
	Name   string
	Header http.Header
	Query  url.Values
}

// addressFields are those in which proxies hand on where a client comes from.
var addressFields = []string{
	"X-Forwarded-For", "X_Forwarded_For", "X-Real-IP", "True-Client-IP", "X-Client-IP", "Client-IP", "CF-Connecting-IP", "Fastly-Client-IP",
	"X-Cluster-Client-IP", "X-Originating-IP", "X-Remote-IP", "X-Remote-Addr", "X-ProxyUser-IP", "X-Custom-IP-Authorization", "X-Host",
	"X-Forwarded", "Forwarded-For", "X-Azure-ClientIP", "X-Envoy-External-Address",
}

// pathFields are those in which proxies hand on what was asked for.
var pathFields = []string{"X-Original-URL", "X-Rewrite-URL", "X-Original-URI", "X-Forwarded-URI", "X-Forwarded-Path",
	"X-Forwarded-Prefix", "X-Override-URL"}

// methodFields are those that frameworks take for the method.
var methodFields = []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method", "X-Forwarded-Method"}

// claims are what gateways and tests tell an application behind them.
var claims = http.Header{
	"X-Forwarded-User": {"admin"}, "X-Remote-User": {"admin"}, "Remote-User": {"admin"}, "X-User-Id": {"1"}, "X-User": {"admin"},
	"X-Uid":                {"1"},
	"X-Authenticated-User": {"admin"}, "X-Auth-User": {"admin"}, "X-Authenticated": {"true"}, "X-Admin": {"true"}, "X-Role": {"admin"},
	"X-Debug": {"true"}, "X-Internal": {"true"}, "X-Internal-Request": {"true"}, "X-Test": {"true"}, "X-Testing": {"1"}, "X-Dev": {"1"},
	"X-Bypass": {"1"}, "X-Skip-Auth": {"1"}, "X-No-Auth": {"1"}, "X-Health-Check": {"1"}, "X-Probe": {"1"}, "X-Monitoring": {"1"},
	"X-Staging": {"1"},
	"X-Trusted": {"true"}, "X-Trusted-Device": {"true"}, "X-Device-Trusted": {"true"}, "X-Remember-Device": {"true"},
	"X-Device-Id": {"known"},
	"X-Skip-2fa":  {"true"}, "X-2fa": {"false"}, "X-Otp": {"false"}, "X-Otp-Verified": {"true"}, "X-Mfa": {"false"},
	"X-Mfa-Verified":  {"true"},
	"X-Second-Factor": {"done"}, "X-Tfa": {"false"}, "X-Service": {"internal"}, "X-Service-Name": {"gateway"}, "X-Api-Version": {"1"},
	"X-Client-Version": {"1.0"}, "X-App-Version": {"1.0"}, "X-Legacy-Client": {"1"}, "X-Platform": {"mobile"}, "X-Client": {"mobile"},
	"X-Requested-With": {"XMLHttpRequest"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Port": {"443"}, "X-Ssl-Client-Verify": {"SUCCESS"},
	"Via": {"1.1 localhost"}, "Origin": {"http://localhost"}, "Referer": {"http://localhost/admin"}, "X-Amzn-Oidc-Identity": {"admin"},
}

// clients are programs that a server may remember fondly.
var clients = []string{
	"kube-probe/1.30", "ELB-HealthChecker/2.0", "curl/8.0", "okhttp/4.9", "MobileApp/1.0 (iPhone; iOS 15.0)", "Googlebot/2.1", "Mozilla/4.0",
	"PostmanRuntime/7.0", "internal", "Prometheus/2.0", "Mozilla/5.0 (Linux; Android 14) Mobile", "Dart/3.2 (dart:io)", "python-requests/2.31",
	"Go-http-client/1.1", "Java/17.0", "axios/1.6", "CFNetwork/1494 Darwin/23",
}

// cookies are what a server may have set on another visit.
const cookies = "trusted_device=1; trusted=true; remember_me=1; remember_device=1; tfa=1; 2fa=1; 2fa_verified=true; mfa_verified=1; " +
	"otp_verified=true; " +
	"otp=ok; device_id=known; debug=1; admin=1; authenticated=true; role=admin; user=admin; uid=1"

// query is what a server may take for a switch.
var query = url.Values{
	"debug": {"1"}, "test": {"1"}, "admin": {"true"}, "internal": {"1"}, "authenticated": {"true"}, "user_id": {"1"}, "uid": {"1"},
	"role":     {"admin"},
	"skip_2fa": {"1"}, "2fa": {"false"}, "tfa": {"false"}, "otp": {"false"}, "mfa": {"false"}, "trusted": {"true"},
	"remember": {"1"}, "bypass": {"1"},
	"mobile": {"1"}, "api": {"1"}, "format": {"json"}, "v": {"1"}, "access_token": {"null"}, "token": {"null"},
	"session": {"null"}, "api_key": {"null"},
}

// Disguises are claims for a request to a path by a method.
func Disguises(path, method string) []Disguise {
	var all []Disguise
	for _, address := range []string{"127.0.0.1", "::1", "10.0.0.1", "192.168.0.1", "172.16.0.1", "localhost", "0.0.0.0",
		"::ffff:127.0.0.1", "127.1", "169.254.169.254", "100.64.0.1"} {
		h := http.Header{"Forwarded": {"for=" + address + ";proto=https"}}
		for _, name := range addressFields {
			h[name] = []string{address}
		}
		all = append(all, Disguise{Name: "fields that claim the address " + address, Header: h})
	}
	for _, other := range []string{path, "/", "/public", "/health"} {
		h := http.Header{}
		for _, name := range pathFields {
			h[name] = []string{other}
		}
		all = append(all, Disguise{Name: "fields that claim the path " + other, Header: h})
	}
	for _, other := range []string{method, http.MethodGet, http.MethodOptions} {
		h := http.Header{}
		for _, name := range methodFields {
			h[name] = []string{other}
		}
		all = append(all, Disguise{Name: "fields and a parameter that claim the method " + other, Header: h,
			Query: url.Values{"_method": {other}}})
	}
	for _, host := range []string{"localhost", "127.0.0.1", "internal"} {
		all = append(all, Disguise{Name: "the host " + host, Header: http.Header{"Host": {host}, "X-Forwarded-Host": {host},
			"X-Forwarded-Server": {host}}})
	}
	for _, name := range clients {
		all = append(all, Disguise{Name: "the client " + name, Header: http.Header{"User-Agent": {name}}})
	}
	for _, media := range []string{"*/*", "text/html", "application/vnd.api+json", "application/xml"} {
		all = append(all, Disguise{Name: "the accepted type " + media, Header: http.Header{"Accept": {media}}})
	}
	return append(all,
		Disguise{Name: "fields that gateways and tests set", Header: claims},
		Disguise{Name: "fields without a name that browsers know, in capitals", Header: http.Header{"X-DEBUG": {"1"}, "DEBUG": {"1"},
			"TEST": {"1"}, "INTERNAL": {"1"}}},
		Disguise{Name: "the password admin of the user admin", Header: http.Header{"Authorization": {"Basic YWRtaW46YWRtaW4="}}},
		Disguise{Name: "the password test of the user test", Header: http.Header{"Authorization": {"Basic dGVzdDp0ZXN0"}}},
		Disguise{Name: "the fields of a CORS preflight", Header: http.Header{"Origin": {"https://app.example"},
			"Access-Control-Request-Method": {method}, "Access-Control-Request-Headers": {"authorization"}}},
		Disguise{Name: "cookies of another visit", Header: http.Header{"Cookie": {cookies}}},
		Disguise{Name: "parameters that switch something", Query: query})
}
