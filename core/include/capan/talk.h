/* SPDX-License-Identifier: MIT */
/* What a connection says, as it passes between the engine and those who open or decode it. */
#ifndef CAPAN_TALK_H
#define CAPAN_TALK_H

#include "exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, token, phrase): what is said on a connection, as far as its octets tell. HTTP alone is read; of the others
 * the phrase follows "not read: ". */
#define CAPAN_SPEECHES(X)                                                                                              \
    X(NONE, "none", "")                                                                                                \
    X(HTTP, "http", "")                                                                                                \
    X(TLS, "tls", "TLS")                                                                                               \
    X(TLS_MIDWAY, "tls-midway", "TLS that began before the capture: without its handshake no secrets open it")         \
    X(HTTP2_MIDWAY, "http2-midway", "HTTP/2 that began before the capture: its fields need what came before")          \
    X(WEBSOCKET, "websocket", "WebSocket, behind the exchange that opened it")                                         \
    X(UPGRADED, "upgraded", "the protocol that was changed to by Upgrade")                                             \
    X(SSH, "ssh", "SSH, by its first octets")                                                                          \
    X(SMTP, "smtp", "SMTP, by its first octets")                                                                       \
    X(FTP, "ftp", "FTP, by its first octets")                                                                          \
    X(FTP_OR_SMTP, "ftp-or-smtp", "FTP or SMTP, by the server's greeting")                                             \
    X(POP3, "pop3", "POP3, by its first octets")                                                                       \
    X(IMAP, "imap", "IMAP, by its first octets")                                                                       \
    X(NNTP, "nntp", "NNTP, by its first octets")                                                                       \
    X(XMPP, "xmpp", "XMPP, by its first octets")                                                                       \
    X(IRC, "irc", "IRC, by its first octets")                                                                          \
    X(SIP, "sip", "SIP, by its first octets")                                                                          \
    X(RTSP, "rtsp", "RTSP, by its first octets")                                                                       \
    X(MQTT, "mqtt", "MQTT, by its first octets")                                                                       \
    X(AMQP, "amqp", "AMQP, by its first octets")                                                                       \
    X(REDIS, "redis", "Redis, by its first octets")                                                                    \
    X(MYSQL, "mysql", "MySQL, by its first octets")                                                                    \
    X(POSTGRESQL, "postgresql", "PostgreSQL, by its first octets")                                                     \
    X(LDAP, "ldap", "LDAP, by its first octets")                                                                       \
    X(DNS, "dns", "DNS, by its first octets")                                                                          \
    X(SMB, "smb", "SMB, by its first octets")                                                                          \
    X(TPKT, "tpkt", "TPKT, as remote desktops (RDP) speak it, by its first octets")                                    \
    X(VNC, "vnc", "VNC (RFB), by its first octets")                                                                    \
    X(BGP, "bgp", "BGP, by its first octets")                                                                          \
    X(SOCKS, "socks", "SOCKS, by its first octets, and what is said through it")                                       \
    X(TELNET, "telnet", "Telnet, by its first octets")                                                                 \
    X(RSYNC, "rsync", "rsync, by its first octets")                                                                    \
    X(GIT, "git", "Git, by its first octets")                                                                          \
    X(BITTORRENT, "bittorrent", "BitTorrent, by its first octets")                                                     \
    X(OTHER, "other", "no HTTP, nor another protocol whose first octets are known here")                               \
    X(UNKNOWN, "unknown", "what began before the capture, and whose octets do not tell what it is")

#define CAPAN_X(name, ...) CAPAN_SPEECH_##name,
enum capan_speech { CAPAN_SPEECHES(CAPAN_X) CAPAN_SPEECH_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_speeches[CAPAN_SPEECH_COUNT];

/* What a ClientHello says in clear: the server's name that the client asks for (RFC 6066 3), and the protocols that it
 * offers to speak inside (RFC 7301 3.1), "h2, http/1.1". "" where it says none; any octets but NUL. */
struct capan_tls_names {
    char host[256], alpn[64];
};

/* Octets of one message's content as they are read: in order, each once, without transfer coding and chunks, content
 * coding left on. Holes are left out; the exchange, which comes later if at all, names the message by its number. Valid
 * during the callback. */
struct capan_content {
    uint64_t number; /* of the message, from 1 in the order in which contents began */
    bool request;
    uint64_t offset; /* octets of the content before these, missing ones included */
    struct capan_span octets;
};

/* Where what is found of HTTP is written down for capan_analysis_hear. room: len octets, aligned for any type, for a
 * note that is complete by the engine's next call of anything of the caller's, and at the latest when it returns; NULL:
 * there is no memory, and what the note was to say is lost. */
struct capan_notes {
    void *(*room)(void *context, size_t len);
    void *context;
};

/* What comes out of a TLS connection, by the direction. octets are valid during the call. */
struct capan_tls_sink {
    void (*data)(void *context, bool of_client, struct capan_span octets);
    void (*lost)(void *context, bool of_client,
                 uint64_t len); /* application data that could not be read; 0: all from here on */
    void *context;
};

/* How TLS is opened. That takes a library, and secrets of its endpoints, which the engine does without: it is given
 * both (capan/tls.h has one). */
struct capan_tls_opener {
    /* Are there secrets? A connection that begins without any stays closed. */
    bool (*is_ready)(void *context);
    /* One connection; NULL without memory. *sink is copied. */
    void *(*open)(void *context, const struct capan_tls_sink *sink);
    void (*close)(void *tls);
    /* Octets of one direction in order, each once; len of them are missing (0: it is not known how many). */
    void (*read)(void *tls, bool of_client, struct capan_span octets);
    void (*gap)(void *tls, bool of_client, uint64_t len);
    /* True when nothing more can come out. */
    bool (*is_closed)(const void *tls);
    void *context;
};

/* One QUIC packet that the caller decrypted. */
struct capan_quic_packet {
    uint32_t connection; /* the caller's number; QUIC's connections are counted apart from those of TCP */
    struct capan_endpoint client, server;
    bool from_client;
    struct capan_span plaintext; /* its frames (RFC 9000 12.4) */
    uint32_t frame;
    int64_t time_ns; /* since 1970 */
};

/* Octets of one direction of a TCP connection that the caller decrypted. */
struct capan_plaintext {
    uint32_t stream; /* the connection, as given to capan_analysis_segment or told by it */
    struct capan_endpoint from, to;
    struct capan_span octets;
    uint32_t frame; /* with which they could be read */
    int64_t time_ns;
};

#ifdef __cplusplus
}
#endif

#endif
