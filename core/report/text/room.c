/* SPDX-License-Identifier: MIT */
/* How large a segment may be: by what was announced, by what the path carries, by what was sent. */
#include "text.h"

static uint32_t largest_payload(const struct capan_tcp_summary *tcp) {
    uint32_t sent = tcp->side[0].mss_observed, got = tcp->side[1].mss_observed;
    return sent > got ? sent : got;
}

/* Octets of headers in each data segment, options included (RFC 6691 2). */
static uint32_t headers_of(const struct capan_connection *connection) {
    const struct capan_tcp_side *side = connection->tcp.side;
    const uint32_t stamps = side[0].timestamps && side[1].timestamps ? 12 : 0; /* RFC 7323 A, padded */
    return (connection->client.address.version == 6 ? 60 : 40) + stamps;
}

/* What the path carries beside what was sent: equal, or something else sets the size. */
static void put_path_line(struct capan_out *out, const struct capan_connection *connection) {
    const struct capan_tcp_summary *tcp = &connection->tcp;
    const uint32_t headers = headers_of(connection), largest = largest_payload(tcp);
    uint32_t room = tcp->pmtu > headers ? tcp->pmtu - headers : 0;
    if (!tcp->pmtu) return;
    capan_out_format(out, "    path: MTU %u (frame %u) lets segments hold %u", tcp->pmtu, tcp->pmtu_frame, room);
    if (largest && largest < room) capan_out_format(out, ", %u more than the largest", room - largest);
    if (largest > room) capan_out_format(out, ", %u fewer than the largest", largest - room);
    out_char(out, '\n');
}

/* What was announced, what fits, and what was sent, of who sent most: which of them set the size. */
static void say_three(struct sentence *paragraph, const struct capan_tcp_summary *tcp, uint32_t room) {
    const enum capan_direction me = tcp->side[CAPAN_C2S].bytes > tcp->side[CAPAN_S2C].bytes ? CAPAN_C2S : CAPAN_S2C;
    const uint32_t largest = tcp->side[me].mss_observed, announced = tcp->side[!me].mss_announced;
    if (!room || !announced || tcp->side[me].data_segments < 3 || tcp->side[me].bytes < 2 * (uint64_t)largest) return;
    capan_say(paragraph,
              " Side by side: %u announced to the %s, %u fit into what passed, %u it put into a segment at "
              "most: ",
              announced, me == CAPAN_C2S ? "client" : "server", room, largest);
    if (largest < announced && largest < room)
        capan_say(paragraph,
                  "neither set the size: another bound did, such as its own MTU, a clamp or a tunnel on its side.");
    else if (largest > room)
        capan_say(paragraph, "more than fits, so its path is another.");
    else
        capan_say(paragraph, "%s set the size.", largest == announced ? "the announcement" : "the path");
}

/* Pings of the same client that must not be fragmented, what they bound, and whether the bound is this path's. */
static void put_pings(struct capan_out *out, const struct capan_ping *ping, const struct capan_tcp_summary *tcp) {
    const struct capan_endpoint to = {ping->to, 0};
    const uint32_t headers = ping->to.version == 6 ? 60 : 40;
    char words[CAPAN_PARAGRAPH];
    struct sentence paragraph = sentence_in(words, sizeof words);
    char address[CAPAN_ENDPOINT_TEXT];
    if (!ping->passed && !ping->refused) return;
    capan_endpoint_text(&to, false, address);
    capan_say(&paragraph, "pings to %s:", address);
    if (ping->passed)
        capan_say(&paragraph, " a packet of %u octets passed (frame %u), room for segments of %u.", ping->passed,
                  ping->passed_frame, ping->passed > headers ? ping->passed - headers : 0);
    if (ping->refused)
        capan_say(&paragraph, " One of %u was refused (frame %u, MTU %u).", ping->refused, ping->refused_frame,
                  ping->mtu);
    say_three(&paragraph, tcp, ping->passed > headers ? ping->passed - headers : 0);
    if (ping->elsewhere)
        capan_say(&paragraph, " It is another address than this server's: the bound may not hold here.");
    capan_text_paragraph(out, 4, &paragraph);
}

void capan_text_room(struct capan_out *out, const struct capan_connection *connection) {
    put_path_line(out, connection);
    put_pings(out, &connection->ping, &connection->tcp);
}
