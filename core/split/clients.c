/* SPDX-License-Identifier: MIT */
#include "clients.h"

#include "pair.h"
#include "roles.h"

/* Sixteen octets each: more connections than a capture has open at once. One is looked for at so many places; of those
 * the one that is over, or was silent for longest, makes room. */
enum { SIZE_FIRST = 1 << 10, SIZE_MAX_LOG = 22, PLACES = 16 };

void capan_clients_open(struct clients *clients, uint64_t seed, const struct capan_alloc *alloc) {
    *clients = (struct clients){.alloc = alloc, .key = capan_hash_key(seed)};
}

void capan_clients_close(struct clients *clients) {
    capan_delete(clients->alloc, clients->at, clients->size * sizeof *clients->at);
    clients->at = NULL;
}

static struct client *place(const struct clients *clients, uint64_t hash, size_t number) {
    return &clients->at[(hash + number) & (clients->size - 1)];
}

/* Its own place, or an empty one that could be; NULL: all are others'. */
static struct client *find(const struct clients *clients, uint64_t hash) {
    for (size_t i = 0; i < PLACES; i++) {
        struct client *client = place(clients, hash, i);
        if (client->hash == hash || !client->hash) return client;
    }
    return NULL;
}

static bool is_over(const struct client *client) {
    return client->over & CLIENT_RST || (client->over & CLIENT_FINS) == CLIENT_FINS;
}

static uint32_t silent_for(const struct clients *clients, const struct client *client) {
    return clients->now - client->used;
}

/* Those that look for others behind it pass it as before: no place becomes empty. */
static struct client *make_room(struct clients *clients, uint64_t hash) {
    struct client *oldest = place(clients, hash, 0);
    for (size_t i = 1; i < PLACES; i++) {
        struct client *client = place(clients, hash, i);
        if (is_over(client) != is_over(oldest) ? is_over(client)
                                               : silent_for(clients, client) > silent_for(clients, oldest))
            oldest = client;
    }
    clients->forgotten += !is_over(oldest);
    *oldest = (struct client){.hash = 0};
    clients->count--;
    return oldest;
}

static bool is_largest(const struct clients *clients) {
    return clients->size >= (size_t)1 << SIZE_MAX_LOG;
}

/* False: one of them found no place, while there may be more. */
static bool move_all(const struct clients *from, struct clients *to) {
    for (size_t i = 0; i < from->size; i++) {
        if (!from->at[i].hash) continue;
        struct client *client = find(to, from->at[i].hash);
        if (!client && !is_largest(to)) return false;
        if (!client) client = make_room(to, from->at[i].hash);
        *client = from->at[i];
    }
    return true;
}

/* Twice the places, or more where some would find none. False without memory. */
static bool grow(struct clients *clients) {
    struct clients larger = *clients;
    bool all = false;
    for (larger.size = clients->size ? clients->size : SIZE_FIRST / 2; !all;) {
        larger.size *= 2;
        larger.at = capan_new(clients->alloc, larger.size * sizeof *larger.at);
        if (!larger.at) return false;
        all = move_all(clients, &larger);
        if (!all) capan_clients_close(&larger);
    }
    capan_clients_close(clients);
    *clients = larger;
    return true;
}

/* NULL without memory. With hash 0 it is a new one. */
static struct client *client_of(struct clients *clients, uint64_t hash) {
    if (clients->count >= clients->size / 2 && !is_largest(clients) && !grow(clients)) return NULL;
    struct client *client = find(clients, hash);
    while (!client && !is_largest(clients)) {
        if (!grow(clients)) return NULL;
        client = find(clients, hash);
    }
    return client ? client : make_room(clients, hash);
}

/* Its ports are free again when it is over: who sends a SYN then is the next connection's client. */
static bool begins(const struct client *client, const struct capan_tcp_header *header) {
    const bool opens = (header->flags & (CAPAN_TH_SYN | CAPAN_TH_ACK)) == CAPAN_TH_SYN;
    return !client->hash || (opens && is_over(client));
}

static uint64_t hash_of(const struct clients *clients, const struct capan_endpoint *from,
                        const struct capan_endpoint *to) {
    const uint64_t hash = capan_pair_hash(clients->key, from, to);
    return hash ? hash : 1;
}

uint32_t capan_clients_part(const struct clients *clients, const struct capan_address *address, uint32_t parts) {
    return (uint32_t)(capan_hash(clients->key, address->octets, address->version == 6 ? 16 : 4) % parts);
}

static void begin(struct clients *clients, struct client *client, uint64_t hash, const struct capan_endpoint end[2],
                  bool from_client, uint32_t parts) {
    clients->count += !client->hash;
    *client =
        (struct client){.hash = hash, .part = (uint16_t)capan_clients_part(clients, &end[!from_client].address, parts)};
}

bool capan_clients_of(struct clients *clients, const struct capan_packet *packet, const struct capan_tcp_header *header,
                      uint32_t parts, uint32_t *part) {
    const struct capan_endpoint end[2] = {{packet->src, header->src_port}, {packet->dst, header->dst_port}};
    const uint64_t hash = hash_of(clients, &end[0], &end[1]);
    struct client *client = client_of(clients, hash);
    if (!client) return false;
    if (begins(client, header)) begin(clients, client, hash, end, capan_role_is_client(header), parts);
    const bool first = capan_pair_order(&end[0], &end[1]) <= 0;
    if (header->flags & CAPAN_TH_FIN) client->over |= first ? CLIENT_FIN_FIRST : CLIENT_FIN_SECOND;
    if (header->flags & CAPAN_TH_RST) client->over |= CLIENT_RST;
    client->used = ++clients->now;
    *part = client->part;
    return true;
}

uint32_t capan_clients_between(const struct clients *clients, const struct capan_endpoint *from,
                               const struct capan_endpoint *to, uint32_t parts) {
    const struct client *client = clients->size ? find(clients, hash_of(clients, from, to)) : NULL;
    if (client && client->hash) return client->part;
    return capan_clients_part(clients, from->port >= to->port ? &from->address : &to->address, parts);
}
