"""Where artifact bytes live: the same promises in a folder, in memory and in a real S3 API."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.processes import free_port

from ibutsu_server import storage as storage_module
from ibutsu_server.errors import NotFound, SettingsError, Unavailable
from ibutsu_server.storage import PART_BYTES, READ_BYTES, Storage

pytestmark = pytest.mark.integration

KEY = "artifacts/project/one"


@pytest.fixture(params=["folder", "memory", pytest.param("s3", marks=pytest.mark.slow)])
def storage(request, tmp_path):
    match request.param:
        case "folder":
            return Storage.open((tmp_path / "with space é").as_uri())
        case "memory":
            return Storage.open("memory://")
        case _:
            return Storage.open(request.getfixturevalue("s3_bucket"))


def _keys(storage):
    return sorted(found.key for page in storage.list("artifacts") for found in page)


def _content(storage, key=KEY):
    return b"".join(storage.read(key, 0, storage.size(key)))


def test_what_was_put_is_read_again(storage):
    storage.put(KEY, [b"one ", b"two"])
    assert _content(storage) == b"one two"


def test_empty_content_is_stored(storage):
    storage.put(KEY, [])
    assert (storage.size(KEY), _content(storage)) == (0, b"")


def test_content_of_several_parts_is_stored_whole(storage):
    pieces = [bytes([number]) * (PART_BYTES // 3) for number in range(8)]
    storage.put(KEY, iter(pieces))
    assert _content(storage) == b"".join(pieces)


def test_a_range_is_read_in_pieces(storage):
    storage.put(KEY, [b"a" * READ_BYTES, b"b" * READ_BYTES, b"c" * 10])
    pieces = list(storage.read(KEY, READ_BYTES - 1, 2 * READ_BYTES + 5))
    assert b"".join(pieces) == b"a" + b"b" * READ_BYTES + b"c" * 5
    assert max(map(len, pieces)) <= READ_BYTES


def test_content_that_breaks_off_leaves_nothing(storage):
    def breaks_off():
        yield b"x" * (PART_BYTES + 1)
        raise KeyError("the sender is gone")

    with pytest.raises(KeyError):
        storage.put(KEY, breaks_off())
    assert _keys(storage) == []


def test_a_missing_key_is_not_found_before_anything_is_read(storage):
    with pytest.raises(NotFound):
        storage.read(KEY, 0, 10)
    with pytest.raises(NotFound):
        storage.size(KEY)


def test_deleting_again_changes_nothing(storage):
    for name in "abc":
        storage.put(f"artifacts/p/{name}", [b"x"])
    storage.delete(["artifacts/p/a"])
    storage.delete(["artifacts/p/a", "artifacts/p/missing", "artifacts/p/b"])
    assert _keys(storage) == ["artifacts/p/c"]


def test_lists_in_pages_with_size_and_age(storage, monkeypatch):
    monkeypatch.setattr(storage_module, "PAGE", 2)
    for name in "abcde":
        storage.put(f"artifacts/p/{name}", [b"four"])
    storage.put("elsewhere/f", [b"x"])
    pages = list(storage.list("artifacts"))
    assert sorted(len(page) for page in pages) == [1, 2, 2]
    assert {(found.size, found.modified.utcoffset().total_seconds()) for page in pages for found in page} == {
        (4, 0)
    }


def test_listing_an_empty_storage_gives_nothing(storage):
    assert _keys(storage) == []


def test_bytes_are_on_the_disk_before_they_get_their_name(tmp_path, monkeypatch):
    storage, synced, real = Storage.open(tmp_path.as_uri()), [], os.fsync

    def fsync(file):
        synced.append(str(Path(f"/proc/self/fd/{file}").readlink()))
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    storage.put("artifacts/p/a", [b"x"])
    folder = f"{tmp_path}/artifacts"
    assert synced == [folder, f"{folder}/p/a.part", f"{folder}/p"]


def test_what_a_killed_writer_left_is_listed(tmp_path):
    storage = Storage.open(tmp_path.as_uri())
    writer = f"""if True:
        import os, signal
        from ibutsu_server.storage import Storage
        def content():
            yield b"x" * 100_000
            os.kill(os.getpid(), signal.SIGKILL)
        Storage.open({tmp_path.as_uri()!r}).put("artifacts/p/a", content())
    """
    assert subprocess.run([sys.executable, "-c", writer], check=False).returncode == -9
    assert _keys(storage) == ["artifacts/p/a.part"]


def test_a_full_disk_is_unavailable_and_leaves_nothing(tmp_path):
    def full():
        yield b"x"
        raise OSError(28, "No space left on device")

    storage = Storage.open(tmp_path.as_uri())
    with pytest.raises(Unavailable):
        storage.put(KEY, full())
    assert _keys(storage) == []


def test_a_store_that_does_not_answer_is_unavailable(monkeypatch):
    monkeypatch.setattr(storage_module.obstore, "head", _fail)
    with pytest.raises(Unavailable):
        Storage.open("memory://").size(KEY)


def _fail(*_arguments):
    raise storage_module.BaseError("connection refused")


@pytest.mark.validation
@pytest.mark.parametrize(
    "url",
    ["ftp://host/path", "just/a/path", "", "az://container", "file:///proc/no/such", "https://example.com/"],
)
def test_a_url_that_cannot_be_used_is_refused_by_name(url):
    with pytest.raises(SettingsError, match="IBUTSU_STORAGE_URL"):
        Storage.open(url)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    taken: Path = tmp_path / "taken"
    taken.touch()
    with pytest.raises(SettingsError, match="cannot be used"):
        Storage.open(taken.as_uri())


@pytest.mark.parametrize("url", ["s3://bucket/some/prefix", "gs://bucket"])
def test_buckets_are_opened_without_asking_them(url, monkeypatch):
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    assert Storage.open(url)


def test_check_tells_whether_the_bucket_lets_us_in(s3_bucket):
    Storage.probe(s3_bucket).check()
    with pytest.raises(Unavailable):
        Storage.probe("s3://another-bucket/x").check()


def test_check_tells_soon_that_the_store_is_away(s3_bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable):
        Storage.probe(s3_bucket).check()


def test_check_tells_whether_the_folder_can_be_written_to(tmp_path):
    folder = tmp_path / "artifacts"
    probe = Storage.probe(folder.as_uri())
    probe.check()
    folder.rmdir()
    with pytest.raises(Unavailable):
        probe.check()
