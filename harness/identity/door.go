package identity

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/rpc"
	"os"
	"path/filepath"
	"slices"
)

// Door lets the other processes of a run in to its broker: a Unix socket in a folder
// that only the user can enter.
type Door struct {
	Address  string
	listener net.Listener
	dir      string
}

// longest is how long the path of a socket may be on every system.
const longest = 100

// Open opens a door to a broker.
func Open(b *Broker) (*Door, error) {
	dir, err := os.MkdirTemp("", "authconform-")
	if err == nil && len(dir) > longest {
		_ = os.Remove(dir)
		dir, err = os.MkdirTemp("/tmp", "authconform-")
	}
	if err != nil {
		return nil, err
	}
	d := &Door{Address: filepath.Join(dir, "broker"), dir: dir}
	if d.listener, err = net.Listen("unix", d.Address); err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("cannot open a socket for the accounts of the run: %w", err)
	}
	go d.admit(b)
	return d, nil
}

// Close lets nobody in any more.
func (d *Door) Close() {
	_ = d.listener.Close()
	_ = os.RemoveAll(d.dir)
}

func (d *Door) admit(b *Broker) {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return // closed
		}
		go func() {
			desk := &Desk{broker: b, holder: &holder{}}
			server := rpc.NewServer()
			_ = server.RegisterName("Broker", desk) // its methods are right for it
			server.ServeConn(conn)
			b.lost(desk.holder)
		}()
	}
}

// lost takes back what a process had that is gone. Nobody knows what it did to an
// account that it did not return.
func (b *Broker) lost(by *holder) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.accounts {
		if a.holder == by {
			a.holder, a.Retired = nil, "its process ended before it gave it back"
		}
	}
	b.queue = slices.DeleteFunc(b.queue, func(t *ticket) bool {
		if t.by == by {
			t.err = &Ended{"its process is gone"}
			close(t.done)
		}
		return t.by == by
	})
	b.assign()
}

// Desk is where one process is served. Its methods are called by net/rpc.
type Desk struct {
	broker *Broker
	holder *holder
}

// Granted is the answer to a request: net/rpc keeps only the text of an error.
type Granted struct {
	Grants   []Grant
	Shortage *Shortage
	Ended    *Ended
}

// Lease is Lender's.
func (d *Desk) Lease(r Request, reply *Granted) (err error) {
	reply.Grants, err = d.broker.lease(d.holder, r)
	if errors.As(err, &reply.Shortage) || errors.As(err, &reply.Ended) {
		return nil
	}
	return err
}

// Returned is an account that comes back.
type Returned struct {
	Name  string
	State State
}

// Return is Lender's.
func (d *Desk) Return(r Returned, _ *struct{}) error {
	d.broker.Return(r.Name, r.State)
	return nil
}

// Course is Lender's.
func (d *Desk) Course(_ struct{}, reply *Course) error {
	*reply = d.broker.Course()
	return nil
}

// Remote is the broker as another process sees it.
type Remote struct{ client *rpc.Client }

// Dial finds the broker behind a door.
func Dial(address string) (*Remote, error) {
	client, err := rpc.Dial("unix", address)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the accounts of the run: %w", err)
	}
	return &Remote{client}, nil
}

// Lease implements Lender.
func (r *Remote) Lease(ctx context.Context, request Request) ([]Grant, error) {
	var granted Granted
	call := r.client.Go("Broker.Lease", request, &granted, make(chan *rpc.Call, 1))
	select {
	case <-call.Done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if call.Error != nil {
		return nil, call.Error
	}
	if granted.Shortage != nil {
		return nil, granted.Shortage
	}
	if granted.Ended != nil {
		return nil, granted.Ended
	}
	return granted.Grants, nil
}

// Return implements Lender. Where the broker is gone, so is the run.
func (r *Remote) Return(name string, s State) {
	_ = r.client.Call("Broker.Return", Returned{name, s}, &struct{}{})
}

// Course implements Lender. Where the broker is gone, so is the run.
func (r *Remote) Course() Course {
	var c Course
	if err := r.client.Call("Broker.Course", struct{}{}, &c); err != nil {
		return Course{Over: "the run ended"}
	}
	return c
}

// Close leaves.
func (r *Remote) Close() { _ = r.client.Close() }
