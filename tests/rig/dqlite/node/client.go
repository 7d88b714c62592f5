package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/canonical/go-dqlite/app"
	"github.com/canonical/go-dqlite/client"
	"github.com/canonical/go-dqlite/driver"
)

// How one node is asked, and all that the verbs share.
type asker struct {
	flags    *flag.FlagSet
	certs    *string
	deadline *time.Duration
	nodes    []string
	dial     client.DialFunc
}

// The key pair of the cluster, and itself as the only root.
func identity(dir string) (tls.Certificate, *x509.CertPool, error) {
	crt := filepath.Join(dir, "cluster.crt")
	pair, err := tls.LoadX509KeyPair(crt, filepath.Join(dir, "cluster.key"))
	if err != nil {
		return pair, nil, err
	}
	pem, err := os.ReadFile(crt)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return pair, pool, err
}

func asking(verb string) *asker {
	flags := flag.NewFlagSet(verb, flag.ExitOnError)
	return &asker{
		flags:    flags,
		certs:    flags.String("certs", "", "folder with cluster.crt and cluster.key"),
		deadline: flags.Duration("deadline", 5*time.Second, "when to give up"),
	}
}

// Reads the flags; what follows them are the addresses of the nodes.
func (a *asker) parse(args []string) (context.Context, context.CancelFunc, error) {
	a.flags.Parse(args)
	a.nodes = a.flags.Args()
	pair, pool, err := identity(*a.certs)
	if err != nil {
		return nil, nil, err
	}
	a.dial = client.DialFuncWithTLS(client.DefaultDialFunc, app.SimpleDialTLSConfig(pair, pool))
	ctx, cancel := context.WithTimeout(context.Background(), *a.deadline)
	return ctx, cancel, nil
}

func (a *asker) store() client.NodeStore {
	store := client.NewInmemNodeStore()
	infos := make([]client.NodeInfo, len(a.nodes))
	for i, address := range a.nodes {
		infos[i].Address = address
	}
	store.Set(context.Background(), infos)
	return store
}

func (a *asker) database() (*sql.DB, error) {
	// A host without a cable answers nobody, and go-dqlite 2 may spend a whole attempt on it.
	d, err := driver.New(a.store(), driver.WithDialFunc(a.dial), driver.WithConnectionTimeout(time.Second),
		driver.WithAttemptTimeout(time.Second), driver.WithConnectionBackoffCap(200*time.Millisecond))
	if err != nil {
		return nil, err
	}
	sql.Register("dqnode", d)
	return sql.Open("dqnode", "k8s")
}

const table = "CREATE TABLE IF NOT EXISTS kine (id INTEGER PRIMARY KEY AUTOINCREMENT, value TEXT)"

// One row, tried until it is committed or the time is over.
func row(ctx context.Context, db *sql.DB, bytes int) error {
	var last error
	for ctx.Err() == nil {
		attempt, done := context.WithTimeout(ctx, 6*time.Second)
		_, last = db.ExecContext(attempt, table)
		if last == nil {
			_, last = db.ExecContext(attempt, "INSERT INTO kine (value) VALUES (?)", strings.Repeat("x", bytes))
		}
		done()
		if last == nil {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	return fmt.Errorf("not committed: %w", last)
}

func commit(args []string) error {
	a := asking("commit")
	count := a.flags.Int("count", 1, "how many rows")
	bytes := a.flags.Int("bytes", 200, "size of a row")
	ctx, cancel, err := a.parse(args)
	if err != nil {
		return err
	}
	defer cancel()
	db, err := a.database()
	if err != nil {
		return err
	}
	for i := 0; i < *count; i++ {
		if err := row(ctx, db, *bytes); err != nil {
			return err
		}
	}
	fmt.Println("committed")
	return nil
}

func write(args []string) error {
	a := asking("write")
	every := a.flags.Duration("every", 200*time.Millisecond, "how often")
	bytes := a.flags.Int("bytes", 200, "size of a row")
	_, cancel, err := a.parse(args)
	if err != nil {
		return err
	}
	defer cancel()
	db, err := a.database()
	if err != nil {
		return err
	}
	word := ""
	for range time.Tick(*every) {
		ctx, done := context.WithTimeout(context.Background(), *a.deadline)
		now := "writes go through"
		if err := row(ctx, db, *bytes); err != nil {
			now = "writes are stuck"
		}
		done()
		if now != word {
			fmt.Println(now)
			word = now
		}
	}
	return nil
}

// What one node says by itself.
type answer struct {
	Asked   string
	Error   string            `json:",omitempty"`
	Leader  string            // empty: it knows of none
	Members []client.NodeInfo // its own table
}

func status(args []string) error {
	a := asking("status")
	_, cancel, err := a.parse(args)
	if err != nil {
		return err
	}
	defer cancel()
	answers := make([]chan answer, len(a.nodes))
	for i, address := range a.nodes {
		answers[i] = make(chan answer, 1)
		go func(address string, to chan answer) { to <- a.ask(address) }(address, answers[i])
	}
	for _, one := range answers {
		if err := json.NewEncoder(os.Stdout).Encode(<-one); err != nil {
			return err
		}
	}
	return nil
}

func (a *asker) ask(address string) answer {
	said := answer{Asked: address}
	ctx, done := context.WithTimeout(context.Background(), *a.deadline)
	defer done()
	err := func() error {
		cli, err := client.New(ctx, address, client.WithDialFunc(a.dial))
		if err != nil {
			return err
		}
		defer cli.Close()
		leader, err := cli.Leader(ctx)
		if err != nil {
			return err
		}
		if leader != nil {
			said.Leader = leader.Address
		}
		said.Members, err = cli.Cluster(ctx)
		return err
	}()
	if err != nil {
		said.Error = err.Error()
	}
	return said
}

func remove(args []string) error {
	a := asking("remove")
	member := a.flags.String("member", "", "address of the member that goes")
	return a.change(args, func(ctx context.Context, leader *client.Client) error {
		members, err := leader.Cluster(ctx)
		if err != nil {
			return err
		}
		for _, info := range members {
			if info.Address == *member {
				return leader.Remove(ctx, info.ID)
			}
		}
		return errors.New("no member at " + *member)
	})
}

func add(args []string) error {
	a := asking("add")
	member := a.flags.String("member", "", "address of the new member")
	id := a.flags.Uint64("id", 4711, "its id")
	return a.change(args, func(ctx context.Context, leader *client.Client) error {
		return leader.Add(ctx, client.NodeInfo{ID: *id, Address: *member, Role: client.Spare})
	})
}

// Changes the table through the leader.
func (a *asker) change(args []string, what func(context.Context, *client.Client) error) error {
	ctx, cancel, err := a.parse(args)
	if err != nil {
		return err
	}
	defer cancel()
	leader, err := client.FindLeader(ctx, a.store(), client.WithDialFunc(a.dial))
	if err != nil {
		return err
	}
	defer leader.Close()
	return what(ctx, leader)
}
