package onlyoffice

import "testing"

// A proof starts one portal per fault, with the default pool.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Config{}); err != nil {
			b.Fatal(err)
		}
	}
}

// A log-in without the network: routing, hashing, session, envelope.
func BenchmarkLogin(b *testing.B) {
	server, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	who := server.Identities()[0]
	body := `{"userName":"` + who.Login + `","password":"` + who.Password + `"}`
	for b.Loop() {
		if got := send(server, "POST", authPath, body).Code; got != 200 {
			b.Fatalf("log-in answers %d", got)
		}
	}
}
