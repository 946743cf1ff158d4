package alphapoint

import (
	"encoding/json"
	"strings"
)

// wrappedCall is a guarded call as live venues of the platform want it (1.7): its
// own members as a text, beside the code.
//
//	{"TfaType": "Google", "TFaCode": "123456", "Payload": "{...}"}
//
// The casing of the three names is the platform's.
func (s *Server) wrappedCall(r *request) answer {
	in, refused := s.members(r)
	if refused != nil {
		return *refused
	}
	code := in["TFaCode"]
	switch {
	case s.On(faultRequiredEndpointWithoutCode),
		!code.given() && in["TfaType"].given() && s.On(faultWrapperWithoutCodeAccepted):
		return standardResponse()
	case in["TfaType"].text != "Google" || !code.given() || strings.TrimSpace(code.text) == "":
		return s.refuse(r, codeRequired)
	case code.kind != "string" && !(code.kind == "number" && s.On(faultWrappedNumberAccepted)):
		return s.refuse(r, codeWrong)
	case in["Payload"].kind != "string" || !isObject(in["Payload"].text):
		return s.refuse(r, incomplete)
	}
	if refused := s.checkCode(r, r.session.user, code.text, s.On(faultAnyWrappedCodeAccepted)); refused != nil {
		return *refused
	}
	return standardResponse()
}

func isObject(text string) bool {
	var members map[string]json.RawMessage
	return json.Unmarshal([]byte(text), &members) == nil && members != nil
}
