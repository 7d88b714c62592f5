package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/canonical/go-dqlite/app"
	"github.com/canonical/go-dqlite/client"
	"github.com/ghodss/yaml"
)

// What init.yaml holds: the address of the node, and members to join.
type initial struct {
	Address string
	Cluster []string
}

// The storage folder is laid out as MicroK8s does: cluster.crt and cluster.key (one pair for all nodes, its own root),
// init.yaml (read once, then removed), failure-domain; go-dqlite writes info.yaml, cluster.yaml and the raft files.
func serve(args []string) error {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	dir := flags.String("storage-dir", "", "storage folder")
	roles := flags.Duration("roles-every", 30*time.Second, "how often the leader adjusts roles; MicroK8s: 30s")
	verbose := flags.Bool("debug", false, "log everything")
	flags.Parse(args)
	log.SetFlags(log.Lmicroseconds)

	least := client.LogWarn
	if *verbose {
		least = client.LogDebug
	}
	options := []app.Option{app.WithRolesAdjustmentFrequency(*roles), app.WithLogFunc(logger(least))}
	for _, more := range []func(string) ([]app.Option, error){place, domain, certificates} {
		added, err := more(*dir)
		if err != nil {
			return err
		}
		options = append(options, added...)
	}
	node, err := app.New(*dir, options...)
	if err != nil {
		return err
	}
	log.Printf("started: member %d at %s", node.ID(), node.Address())
	return live(node)
}

func live(node *app.App) error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		if err := node.Ready(ctx); err != nil {
			log.Printf("not ready: %v", err)
			return
		}
		log.Printf("ready")
	}()
	<-stop
	log.Printf("stopping: hand over")
	limited, done := context.WithTimeout(ctx, 10*time.Second)
	defer done()
	if err := node.Handover(limited); err != nil {
		log.Printf("hand over: %v", err)
	}
	err := node.Close()
	log.Printf("stopped: %v", err)
	return err
}

func logger(least client.LogLevel) client.LogFunc {
	return func(level client.LogLevel, format string, a ...interface{}) {
		if level >= least {
			log.Printf("["+level.String()+"] "+format, a...)
		}
	}
}

// The node's address and the members to join, at its first start only.
func place(dir string) ([]app.Option, error) {
	path := filepath.Join(dir, "init.yaml")
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var first initial
	if err := yaml.Unmarshal(raw, &first); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil {
		return nil, err
	}
	return []app.Option{app.WithAddress(first.Address), app.WithCluster(first.Cluster)}, nil
}

func domain(dir string) ([]app.Option, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "failure-domain"))
	if err != nil {
		return nil, err
	}
	code, err := strconv.ParseUint(strings.TrimSpace(string(raw)), 10, 64)
	if err != nil {
		return nil, err
	}
	return []app.Option{app.WithFailureDomain(code)}, nil
}

func certificates(dir string) ([]app.Option, error) {
	pair, pool, err := identity(dir)
	if err != nil {
		return nil, err
	}
	listen, dial := app.SimpleTLSConfig(pair, pool)
	dial.ClientSessionCache = nil // as k8s-dqlite has it
	return []app.Option{app.WithTLS(listen, dial)}, nil
}
