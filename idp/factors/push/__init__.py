"""Push approval: a phone or another browser is told of a sign-in (Web Push) and answers with a signature of a key that can't leave it.

`enrolment` registers devices, `devices` knows them and their signatures, `approvals` asks and takes answers, `service` is the method
that the sign-in flow sees. Delivery is `idp.notify.push`'s. What a push says decides nothing: only a signed answer does.
"""
