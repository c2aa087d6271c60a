// adder is another mutating webhook: like a sidecar injector, it adds a container to every Pod without one of that name. It makes
// its own certificate, prints it in the form of a caBundle, and serves on 127.0.0.1 until it is ended.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"time"
)

// patch is an RFC 6902 patch that appends the container.
const patch = `[{"op":"add","path":"/spec/containers/-","value":{"name":"%s","image":"%s","ports":[{"containerPort":9090}]}}]`

type review struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Request    *request  `json:"request,omitempty"`
	Response   *response `json:"response,omitempty"`
}

type request struct {
	UID    string `json:"uid"`
	Object struct {
		Spec struct {
			Containers []struct {
				Name string `json:"name"`
			} `json:"containers"`
		} `json:"spec"`
	} `json:"object"`
}

type response struct {
	UID       string `json:"uid"`
	Allowed   bool   `json:"allowed"`
	PatchType string `json:"patchType,omitempty"`
	Patch     []byte `json:"patch,omitempty"`
}

func main() {
	port := flag.Int("port", 9443, "the port to listen on")
	name := flag.String("name", "added", "what the container is called")
	image := flag.String("image", "workload:e2e", "and its image")
	flag.Parse()

	pair, authority := selfSigned()
	listener, err := tls.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port), &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(base64.StdEncoding.EncodeToString(authority))
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(answer http.ResponseWriter, asked *http.Request) {
		var given review
		if err := json.NewDecoder(asked.Body).Decode(&given); err != nil || given.Request == nil {
			http.Error(answer, "no AdmissionReview with a request", http.StatusBadRequest)
			return
		}
		given.Response = respond(given.Request, *name, *image)
		given.Request = nil
		answer.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(answer).Encode(given)
	})))
}

func respond(given *request, name, image string) *response {
	allowed := &response{UID: given.UID, Allowed: true}
	for _, container := range given.Object.Spec.Containers {
		if container.Name == name {
			return allowed
		}
	}
	allowed.PatchType = "JSONPatch"
	allowed.Patch = []byte(fmt.Sprintf(patch, name, image))
	return allowed
}

// selfSigned makes a certificate for 127.0.0.1 that is its own CA, and returns it as PEM, too.
func selfSigned() (tls.Certificate, []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
