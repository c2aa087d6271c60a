// web is a typical small HTTP server: it answers "NAME VERSION" to every request. On SIGTERM it closes its port at once,
// finishes the requests in flight, and ends.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	port := flag.Int("port", 8080, "the port to listen on")
	delay := flag.Duration("delay", 0, "how long to wait before listening")
	version := flag.String("version", "1", "what to answer beside the host's name")
	flag.Parse()

	stopped, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	select {
	case <-time.After(*delay):
	case <-stopped.Done():
		return
	}
	host, _ := os.Hostname()
	server := &http.Server{Addr: fmt.Sprintf(":%d", *port)}
	server.Handler = http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(answer, "%s %s\n", host, *version)
	})
	ended := make(chan error, 1)
	go func() { ended <- server.ListenAndServe() }()
	log.Printf("listening on port %d", *port)
	select {
	case err := <-ended:
		log.Fatal(err)
	case <-stopped.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		log.Fatal(err)
	}
}
