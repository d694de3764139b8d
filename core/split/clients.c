/* SPDX-License-Identifier: MIT */
#include "clients.h"

#include "ends.h"
#include "pair.h"
#include "roles.h"

/* Some 100 MiB of them: more connections than a capture has open at once. */
enum { CLIENTS_MAX = 1 << 20 };

struct client {
    struct capan_indexed in;
    struct capan_endpoint end[2]; /* the client's first */
    bool fin[2], reset;           /* what its ends sent */
};

void capan_clients_open(struct clients *clients, uint64_t seed, const struct capan_alloc *alloc) {
    *clients = (struct clients){.forgotten = 0};
    capan_index_init(&clients->index, seed, alloc);
}

static void leave(struct clients *clients, struct client *client) {
    capan_index_remove(&clients->index, &client->in);
    capan_delete(clients->index.alloc, client, sizeof *client);
}

void capan_clients_close(struct clients *clients) {
    for (struct capan_indexed *at; (at = capan_index_oldest(&clients->index));) leave(clients, (struct client *)at);
    capan_index_free(&clients->index);
}

static struct client *find(const struct clients *clients, uint64_t hash, const struct capan_endpoint *a,
                           const struct capan_endpoint *b) {
    struct capan_indexed *at = capan_index_first(&clients->index, hash);
    while (at && !are_between(((struct client *)at)->end, a, b)) at = capan_index_next(at);
    return (struct client *)at;
}

static struct client *add(struct clients *clients, uint64_t hash) {
    struct client *client = capan_new(clients->index.alloc, sizeof *client);
    if (!client) return NULL;
    if (clients->index.count == CLIENTS_MAX) {
        leave(clients, (struct client *)capan_index_oldest(&clients->index));
        clients->forgotten++;
    }
    capan_index_add(&clients->index, &client->in, hash);
    return client;
}

static void set_ends(struct client *client, const struct capan_endpoint end[2], bool from_client) {
    client->end[0] = end[!from_client];
    client->end[1] = end[from_client];
    client->fin[0] = client->fin[1] = client->reset = false;
}

/* Its ports are free again: who sends a SYN then is the next connection's client. */
static bool is_over(const struct client *client) {
    return client->reset || (client->fin[0] && client->fin[1]);
}

static bool opens(const struct capan_tcp_header *header) {
    return (header->flags & (CAPAN_TH_SYN | CAPAN_TH_ACK)) == CAPAN_TH_SYN;
}

bool capan_clients_of(struct clients *clients, const struct capan_packet *packet, const struct capan_tcp_header *header,
                      struct capan_address *address) {
    const struct capan_endpoint end[2] = {{packet->src, header->src_port}, {packet->dst, header->dst_port}};
    const uint64_t hash = capan_pair_hash(&clients->index, &end[0], &end[1]);
    struct client *client = find(clients, hash, &end[0], &end[1]);
    const bool begins = !client || (opens(header) && is_over(client));
    if (!client && !(client = add(clients, hash))) return false;
    if (begins) set_ends(client, end, capan_role_is_client(header));
    const bool from_server = !same_end(&client->end[0], &end[0]);
    if (header->flags & CAPAN_TH_FIN) client->fin[from_server] = true;
    if (header->flags & CAPAN_TH_RST) client->reset = true;
    capan_index_renew(&clients->index, &client->in);
    *address = client->end[0].address;
    return true;
}

struct capan_address capan_clients_between(const struct clients *clients, const struct capan_endpoint *from,
                                           const struct capan_endpoint *to) {
    const struct client *client = find(clients, capan_pair_hash(&clients->index, from, to), from, to);
    if (client) return client->end[0].address;
    return from->port >= to->port ? from->address : to->address;
}
