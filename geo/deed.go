package geo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"
)

// Deed is one line of the audit log: that somebody wrote something, or took much of it
// away. The log only grows, and each line holds the hash of the one before. What people
// wrote, their names on duty lists and telephone numbers are never in it.
type Deed struct {
	Number   int64     // from 1, in the order of commits, without gaps
	At       time.Time // when it was put down, just before the commit
	Actor    string    // the name of the key, or of the user of the machine; empty: keys are off
	Key      string    // the id of the key
	From     string    // the address, or the command
	Action   string    // what was done: publish, import assets, add report, …
	Subject  string    // to what: its id or name
	Before   json.RawMessage
	After    json.RawMessage // of big imports counts and the id of the change
	Previous [32]byte        // the hash of the line before, zeros before the first
	Hash     [32]byte
}

// Sum is the hash the line should have: SHA-256 of the previous hash followed by number,
// time (UTC, to the microsecond), actor, key, origin, action, subject, before and after,
// each as its length in bytes, a colon, the value and a comma.
func (d *Deed) Sum() [32]byte {
	b := append([]byte(nil), d.Previous[:]...)
	for _, value := range []string{
		strconv.FormatInt(d.Number, 10), d.moment(),
		d.Actor, d.Key, d.From, d.Action, d.Subject, string(d.Before), string(d.After),
	} {
		b = append(strconv.AppendInt(b, int64(len(value)), 10), ":"...)
		b = append(append(b, value...), ',')
	}
	return sha256.Sum256(b)
}

// moment is when it was put down, as it is hashed and told.
func (d *Deed) moment() string { return d.At.UTC().Format("2006-01-02T15:04:05.000000Z") }

// DeedRecord is a line as it is told: its hash can be worked out again from the texts here.
type DeedRecord struct {
	Number   int64           `json:"number"`
	At       string          `json:"at"`
	Actor    string          `json:"actor"`
	Key      string          `json:"key"`
	Origin   string          `json:"origin"`
	Action   string          `json:"action"`
	Subject  string          `json:"subject"`
	Before   json.RawMessage `json:"before,omitempty"`
	After    json.RawMessage `json:"after,omitempty"`
	Previous string          `json:"previous"`
	Hash     string          `json:"hash"`
}

// Record is the line as it is told.
func (d *Deed) Record() DeedRecord {
	return DeedRecord{
		d.Number, d.moment(), d.Actor, d.Key, d.From, d.Action, d.Subject, d.Before, d.After,
		hex.EncodeToString(d.Previous[:]), hex.EncodeToString(d.Hash[:]),
	}
}
