package barong

import "authconform/harness/reference/kit"

func secondFactorFaults() []kit.Fault { return []kit.Fault{} }
func sessionFaults() []kit.Fault      { return []kit.Fault{} }
func credentialFaults() []kit.Fault   { return []kit.Fault{} }
func mailFaults() []kit.Fault         { return []kit.Fault{} }
func keyFaults() []kit.Fault          { return []kit.Fault{} }
func rightFaults() []kit.Fault        { return []kit.Fault{} }
func captchaFaults() []kit.Fault      { return []kit.Fault{} }
func limiterFaults() []kit.Fault      { return []kit.Fault{} }
