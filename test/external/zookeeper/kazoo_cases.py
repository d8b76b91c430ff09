"""What kazoo, the Python client, does with a server: `kazoo_cases.py HOSTS CASE` exits 0 if it works."""

import sys
import threading
import uuid

from kazoo.client import KazooClient
from kazoo.exceptions import (
    BadVersionError,
    NoAuthError,
    NodeExistsError,
    NoNodeError,
    NotEmptyError,
    RolledBackError,
)
from kazoo.security import make_digest_acl

WAIT_SECONDS = 20
HOSTS = sys.argv[1]
ROOT = "/" + uuid.uuid4().hex


def client(**options):
    started = KazooClient(hosts=HOSTS, timeout=4.0, **options)
    started.start()
    return started


def raises(error, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except error:
        return
    raise AssertionError("expected %s" % error.__name__)


def case_znodes():
    one, two = client(), client()
    one.ensure_path(ROOT + "/a/b")
    raises(NodeExistsError, one.create, ROOT + "/a", b"x")
    raises(NotEmptyError, one.delete, ROOT + "/a")
    stat = one.set(ROOT + "/a", b"data")
    assert (stat.version, stat.dataLength, stat.numChildren) == (1, 4, 1), stat
    raises(BadVersionError, one.set, ROOT + "/a", b"x", version=0)
    assert two.get(ROOT + "/a")[0] == b"data"
    assert two.get_children(ROOT + "/a", include_data=True)[0] == ["b"]
    path, stat = one.create(ROOT + "/new", b"x", include_data=True)
    assert (path, stat.czxid) == (ROOT + "/new", stat.mzxid), stat
    one.delete(ROOT, recursive=True)
    raises(NoNodeError, two.get, ROOT)
    assert two.exists(ROOT) is None
    assert one.server_version() >= (3, 8, 0)


def case_ephemerals():
    watching, owner = client(), client()
    gone = threading.Event()
    owner.create(ROOT, ephemeral=True)
    assert watching.exists(ROOT, watch=lambda event: gone.set()).owner_session_id == owner.client_id[0]
    first = owner.create("/n-", ephemeral=True, sequence=True)
    second = owner.create("/n-", ephemeral=True, sequence=True)
    assert int(second[-10:]) == int(first[-10:]) + 1
    owner.stop()
    assert gone.wait(WAIT_SECONDS)
    assert watching.exists(ROOT) is None


def case_watches():
    writer, reader = client(), client()
    writer.create(ROOT, b"one")
    data, children = [], []
    seen = threading.Condition()

    def note(values, value):
        with seen:
            values.append(value)
            seen.notify_all()

    reader.DataWatch(ROOT, lambda value, stat: note(data, value))
    reader.ChildrenWatch(ROOT, lambda names: note(children, sorted(names)))
    for value in (b"two", b"three"):
        writer.set(ROOT, value)
        with seen:
            assert seen.wait_for(lambda: data and data[-1] == value, WAIT_SECONDS), data
    for name in ("x", "y"):
        writer.create(ROOT + "/" + name)
        with seen:
            assert seen.wait_for(lambda: children and name in children[-1], WAIT_SECONDS), children


def case_transaction():
    one = client()
    one.create(ROOT)
    transaction = one.transaction()
    transaction.create(ROOT + "/a", b"x")
    transaction.check(ROOT + "/a", 0)
    transaction.set_data(ROOT + "/a", b"y")
    transaction.delete(ROOT + "/a")
    results = transaction.commit()
    assert results[0] == ROOT + "/a" and results[1] is True and results[3] is True, results
    failing = one.transaction()
    failing.create(ROOT + "/b")
    failing.check(ROOT, 99)
    failing.delete(ROOT)
    results = failing.commit()
    assert isinstance(results[0], RolledBackError) and isinstance(results[1], BadVersionError), results
    assert one.get_children(ROOT) == []


def case_acl():
    ann = client(auth_data=[("digest", "ann:secret")])
    bob = client(auth_data=[("digest", "bob:secret")])
    ann.create(ROOT, b"x", acl=[make_digest_acl("ann", "secret", all=True)])
    assert ann.get(ROOT)[0] == b"x"
    raises(NoAuthError, bob.get, ROOT)
    raises(NoAuthError, bob.set, ROOT, b"y")
    ann.set_acls(ROOT, [make_digest_acl("bob", "secret", read=True)])
    assert bob.get(ROOT)[0] == b"x"
    raises(NoAuthError, bob.set, ROOT, b"y")
    assert bob.get_acls(ROOT)[1].aversion == 1


def case_lock():
    clients = [client() for _ in range(4)]
    held, order = [0], []

    def work(mine, number):
        for _ in range(5):
            with mine.Lock(ROOT, "worker-%d" % number):
                held[0] += 1
                assert held[0] == 1, "two hold the lock"
                order.append(number)
                held[0] -= 1

    threads = [threading.Thread(target=work, args=pair) for pair in zip(clients, range(4))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    assert len(order) == 20, order


def case_lock_of_a_dead_client():
    dead, heir = client(), client()
    assert dead.Lock(ROOT, "dead").acquire()
    lock = heir.Lock(ROOT, "heir")
    assert not lock.acquire(blocking=False)
    dead.stop()
    assert lock.acquire(timeout=WAIT_SECONDS)


def case_election():
    clients = [client() for _ in range(3)]
    elected = []

    def lead(number):
        elected.append(number)

    threads = [
        threading.Thread(target=clients[i].Election(ROOT, str(i)).run, args=(lead, i)) for i in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    assert sorted(elected) == [0, 1, 2], elected


def case_queue_and_counter():
    one, two = client(), client()
    queue = one.LockingQueue(ROOT + "/queue")
    queue.put_all([b"1", b"2", b"3"])
    other = two.LockingQueue(ROOT + "/queue")
    taken = []
    while len(taken) < 3:
        taken.append(other.get(WAIT_SECONDS))
        other.consume()
    assert taken == [b"1", b"2", b"3"], taken
    counters = [one.Counter(ROOT + "/counter"), two.Counter(ROOT + "/counter")]
    for counter in counters * 5:
        counter += 1
    assert counters[0].value == 10


def case_many_requests_in_flight():
    one = client()
    one.create(ROOT)
    created = [one.create_async("%s/%d" % (ROOT, i), b"x" * 100) for i in range(2000)]
    read = [one.get_async("%s/%d" % (ROOT, i)) for i in range(2000)]
    assert all(result.get(WAIT_SECONDS) for result in created)
    assert all(result.get(WAIT_SECONDS)[0] == b"x" * 100 for result in read)
    assert len(one.get_children(ROOT)) == 2000


if __name__ == "__main__":
    globals()["case_" + sys.argv[2]]()
