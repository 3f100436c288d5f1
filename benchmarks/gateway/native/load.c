/* A load generator: each of N connections sends the same request again as soon as it has the whole answer.

   load PORT CONNECTIONS SECONDS WARM_S REQUEST_FILE            a window of so many seconds after a warming one
   load PORT CONNECTIONS SECONDS open REQUEST_FILE              each sends one request, and all answers stay open at once

   It prints a line of JSON: answers with status 200 that began and ended in the window, other statuses, connections
   that were lost, and the quantiles of the time until the first byte of a body and until its last, in microseconds.
   `open` prints such a line also as soon as each connection has its first byte or has failed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 512
#define BUFFER 65536
#define HEAD_MAX 8192
#define BEGINNING_MAX 64     /* connections of `open` that have no first byte yet */
#define PORTS_OF_ONE 20000   /* connections of one source address */

enum { HEAD, BODY, SIZE, DATA, AFTER_DATA, TRAILER };
typedef struct {
    int fd, state, status, chunked, line, told; long long began, first; size_t sent, left; char *head; int head_n;
} Conn;
typedef struct { float *at; size_t n, size; } Times;

static Conn *conns;
static int port, conns_n, poll_fd, open_mode, beginning, begun, failed, with_first, done_n;
static long long from_ns, until_ns, started_ns;
static char *request;
static size_t request_n;
static long long ok, other, lost, statuses[600];
static Times firsts, lasts;

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void keep(Times *t, long long ns) {
    if (t->n == t->size) t->at = realloc(t->at, (t->size = t->size ? 2 * t->size : 65536) * sizeof *t->at);
    t->at[t->n++] = ns / 1000.0f;
}

static void watch(Conn *c, int how, unsigned events) {
    struct epoll_event ev = {.events = events, .data.ptr = c};
    epoll_ctl(poll_fd, how, c->fd, &ev);
}

static int finished(Conn *c) { return c->fd < 0; }

static void end(Conn *c) { close(c->fd); c->fd = -1; }

static void settle(Conn *c, int good) {  /* in `open`: this connection has its first byte, or never will */
    if (!open_mode || c->told) return;
    c->told = 1;
    beginning--;
    if (good) with_first++; else failed++;
}

static void start(Conn *c) {
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int yes = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(c->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (c - conns) / PORTS_OF_ONE)};
    bind(c->fd, (struct sockaddr *)&from, sizeof from);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->state = HEAD;
    c->sent = c->head_n = 0;
    c->began = now_ns();
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) {
        lost++;
        done_n++;
        end(c);
        settle(c, 0);
        return;
    }
    watch(c, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

static void lose(Conn *c) {
    lost++;
    done_n++;
    end(c);
    settle(c, 0);
    if (!open_mode && now_ns() < until_ns) { usleep(1000); start(c); }
}

static void push_request(Conn *c) {
    ssize_t n = send(c->fd, request + c->sent, request_n - c->sent, MSG_NOSIGNAL);
    if (n < 0) { if (errno != EAGAIN) lose(c); return; }
    if ((c->sent += n) == request_n) watch(c, EPOLL_CTL_MOD, EPOLLIN);
}

static void again(Conn *c) {
    c->state = HEAD;
    c->sent = c->head_n = 0;
    c->began = now_ns();
    ssize_t n = send(c->fd, request, request_n, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) { lose(c); return; }
    c->sent = n < 0 ? 0 : n;
    if (c->sent < request_n) watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void complete(Conn *c) {
    long long now = now_ns();
    statuses[c->status]++;
    if (c->began >= from_ns && now <= until_ns) {
        if (c->status == 200) { ok++; keep(&lasts, now - c->began); keep(&firsts, c->first - c->began); } else other++;
    }
    if (open_mode) { done_n++; end(c); return; }
    if (now < until_ns) again(c); else end(c);
}

static int head_done(Conn *c) {
    c->head[c->head_n] = 0;
    c->status = atoi(c->head + 9);
    if (c->status < 100 || c->status > 599) c->status = 599;
    char *length = strcasestr(c->head, "\r\ncontent-length:");
    c->chunked = strcasestr(c->head, "\r\ntransfer-encoding: chunked") != NULL;
    c->left = length ? strtoul(length + 17, NULL, 10) : 0;
    c->state = c->chunked ? SIZE : BODY;
    c->line = 0;
    c->first = now_ns();
    if (open_mode && c->status != 200) settle(c, 0);
    return !c->chunked && c->left == 0;
}

/* Takes n bytes of an answer. True: the answer is complete (nothing follows it before the next request). */
static int take(Conn *c, const char *p, size_t n) {
    const char *stop = p + n;
    while (p < stop) {
        size_t have = stop - p, part;
        switch (c->state) {
        case HEAD:
            if (c->head_n >= HEAD_MAX - 1) return -1;
            c->head[c->head_n++] = *p++;
            if (c->head_n >= 4 && !memcmp(c->head + c->head_n - 4, "\r\n\r\n", 4) && head_done(c)) return 1;
            break;
        case BODY:
        case DATA:
            if (!c->line) { c->line = 1; c->first = now_ns(); if (c->status == 200) settle(c, 1); }
            part = have < c->left ? have : c->left;
            p += part;
            if (c->left -= part) break;
            if (c->state == BODY) return 1;
            c->state = AFTER_DATA;
            break;
        case SIZE:
            if (*p == '\n') { c->state = c->left ? DATA : TRAILER; if (c->state == TRAILER) c->head_n = 0; p++; break; }
            if (*p != '\r') {
                char d = *p | 32;
                c->left = c->left * 16 + (d >= 'a' ? d - 'a' + 10 : d - '0');
            }
            p++;
            break;
        case AFTER_DATA:
            if (*p++ == '\n') { c->state = SIZE; c->left = 0; }
            break;
        case TRAILER:
            if (*p++ == '\n') return 1;
            break;
        }
    }
    return 0;
}

static void readable(Conn *c) {
    static char in[BUFFER];
    ssize_t n = recv(c->fd, in, sizeof in, 0);
    if (n <= 0) { if (n == 0 || errno != EAGAIN) lose(c); return; }
    int said = take(c, in, n);
    if (said < 0) lose(c); else if (said) complete(c);
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void say(const char *name, Times *t) {
    if (!t->n) { printf(", \"%s\": null", name); return; }
    qsort(t->at, t->n, sizeof *t->at, by_size);
    printf(", \"%s\": {\"p50\": %.1f, \"p95\": %.1f, \"p99\": %.1f, \"max\": %.1f}", name, t->at[t->n / 2], t->at[t->n * 95 / 100],
        t->at[t->n * 99 / 100], t->at[t->n - 1]);
}

static void tell(double seconds) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    double cpu = u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
    printf("{\"seconds\": %.4f, \"ok\": %lld, \"other\": %lld, \"lost\": %lld, \"with_first\": %d, \"failed\": %d, \"done\": %d, \"cpu_s\": %.3f",
        seconds, ok, other, lost, with_first, failed, done_n, cpu);
    say("first_us", &firsts);
    say("last_us", &lasts);
    printf(", \"statuses\": {");
    for (int s = 100, n = 0; s < 600; s++) if (statuses[s]) printf("%s\"%d\": %lld", n++ ? ", " : "", s, statuses[s]);
    printf("}}\n");
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc != 6) { fprintf(stderr, "load PORT CONNECTIONS SECONDS WARM_S|open REQUEST_FILE\n"); return 2; }
    port = atoi(argv[1]);
    conns_n = atoi(argv[2]);
    open_mode = !strcmp(argv[4], "open");
    FILE *f = fopen(argv[5], "rb");
    if (!f) { perror(argv[5]); return 1; }
    request = malloc(1 << 20);
    request_n = fread(request, 1, 1 << 20, f);
    fclose(f);
    signal(SIGPIPE, SIG_IGN);
    poll_fd = epoll_create1(0);
    conns = calloc(conns_n, sizeof *conns);
    started_ns = now_ns();
    from_ns = started_ns + (open_mode ? 0 : (long long)(atof(argv[4]) * 1e9));
    until_ns = from_ns + (long long)(atof(argv[3]) * 1e9);
    for (int i = 0; i < conns_n; i++) {
        conns[i].head = malloc(HEAD_MAX);
        conns[i].fd = -1;
        if (!open_mode) start(&conns[i]);
    }
    struct epoll_event ready[EVENTS_AT_ONCE];
    int told = 0;
    while (now_ns() < until_ns && (!open_mode || done_n < conns_n)) {
        while (open_mode && begun < conns_n && beginning < BEGINNING_MAX) { beginning++; start(&conns[begun++]); }
        int n = epoll_wait(poll_fd, ready, EVENTS_AT_ONCE, 100);
        for (int i = 0; i < n; i++) {
            Conn *c = ready[i].data.ptr;
            if (!finished(c) && ready[i].events & EPOLLOUT && c->sent < request_n) push_request(c);
            if (!finished(c) && ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
        }
        if (open_mode && !told && with_first + failed == conns_n) { told = 1; tell((now_ns() - started_ns) / 1e9); }
    }
    long long now = now_ns();
    tell(((now < until_ns ? now : until_ns) - from_ns) / 1e9);
    return 0;
}
