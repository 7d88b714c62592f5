// dqnode: a dqlite node that behaves as MicroK8s' k8s-dqlite does on the wire and on disk, and the few questions that a test
// asks of a cluster of them. Built on go-dqlite, which is what MicroK8s runs.
//
//	serve   a node in a storage folder, until SIGTERM (hands its roles over first, as `snap stop` does)
//	write   one row again and again through the cluster, at a steady rate
//	commit  one row through the cluster before a deadline; exit code 1 says that the cluster does not commit
//	status  what each node says by itself, one line of JSON for each
//	remove  takes a member out of the table, running or not
//	add     puts a member into the table that may not exist
//
// Everything but `serve` is started anew for each question: also how `microk8s status` asks, for a fair comparison.
package main

import (
	"fmt"
	"os"
)

var verbs = map[string]func([]string) error{
	"serve":  serve,
	"write":  write,
	"commit": commit,
	"status": status,
	"remove": remove,
	"add":    add,
}

func main() {
	if len(os.Args) < 2 || verbs[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: dqnode serve|write|commit|status|remove|add FLAG...")
		os.Exit(64)
	}
	if err := verbs[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "dqnode %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
