class Fail(Exception): ...  # noqa: N818 - their name
class InvalidArgument(Exception): ...  # noqa: N818 - their name
class InvalidGraph(Exception): ...  # noqa: N818 - their name
class InvalidProtobuf(Exception): ...  # noqa: N818 - their name
class NoSuchFile(Exception): ...  # noqa: N818 - their name
