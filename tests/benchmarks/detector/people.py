"""Seven people with something planted, and one without: data alone."""

from tests.benchmarks.detector.plants import WORKDAYS, FollowUp, Habit, Person, Repetition, Routine

_OFFICE = (
    "app:mail",
    "app:chat",
    "app:files",
    "app:writer",
    "app:sheets",
    "app:reader",
    "app:calendar",
    "app:terminal",
    "url:news.example/today",
    "url:search.example/?q=*",
    "url:wiki.example/*",
)


def _clock(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


ACCOUNTANT = Person(
    name="accountant",
    strays=(
        "url:bank.example/statement",
        "app:notes",
    ),
    things=(
        *_OFFICE,
        "app:ledger",
        "app:scanner",
        "url:bank.example/accounts",
        "url:bank.example/transfers/#",
        "url:tax.example/forms",
        "url:tracker.example/browse/FIN-#",
    ),
    plants=(
        Habit(act="url:bank.example/statement", minute=_clock(8, 55)),
        Habit(act="url:payroll.example/run", minute=_clock(14, 0), weekdays=(0,), jitter=6),
        Routine(
            steps=("app:scanner", "app:ledger", "url:bank.example/accounts", "app:archive"),
            per_day=2.0,
        ),
        FollowUp(after="state:us.zoom=closed", then="app:notes", per_day=1.5),
        Repetition(act="phrase:Please find the invoice attached. Kind regards", per_day=3.0),
    ),
)

DEVELOPER = Person(
    name="developer",
    strays=(
        "url:ci.example/status",
        "url:standup.example/board",
    ),
    zone="America/New_York",
    hours=(_clock(9, 30), _clock(18)),
    things=(
        *_OFFICE,
        "app:code",
        "app:debugger",
        "app:music",
        "url:git.example/team/app/pulls",
        "url:git.example/team/app/issues/#",
        "url:docs.example/*/reference",
        "url:ci.example/builds/#",
        "cmd:git status",
        "cmd:pytest tests/test_*.py",
        "cmd:cd *",
        "cmd:grep -rn * src",
    ),
    plants=(
        Habit(act="url:standup.example/board", minute=_clock(10, 0), moved=(3, 20)),
        Routine(
            steps=("cmd:git fetch --prune", "cmd:git switch main", "cmd:make clean build", "app:debugger"),
            per_day=1.5,
            optional=(1,),
        ),
        Routine(steps=("url:git.example/team/app/pulls", "app:diff", "url:ci.example/status"), per_day=2.0),
        FollowUp(after="cmd:git push", then="url:ci.example/queue", per_day=3.0, delay=(5, 60)),
        Repetition(act="cmd:git pull --rebase --autostash", per_day=4.0),
    ),
    tells_length=False,
    pace=16.0,
)

SUPPORTER = Person(
    name="support, on the night shift",
    strays=("url:desk.example/new",),
    zone="Asia/Manila",
    hours=(_clock(21), _clock(29)),
    things=(
        *_OFFICE,
        "app:phone",
        "url:desk.example/tickets/#",
        "url:desk.example/queue",
        "url:kb.example/articles/#",
        "url:shop.example/orders/#",
        "url:crm.example/customers/#",
        "url:status.example/now",
    ),
    plants=(
        Habit(act="url:roster.example/shift", minute=_clock(21, 10), jitter=3),
        Habit(act="url:report.example/handover", minute=_clock(28, 30), jitter=5),
        Routine(
            steps=("app:phone", "url:desk.example/new", "url:crm.example/search", "app:recorder"),
            per_day=4.0,
            optional=(2,),
        ),
        FollowUp(after="app:remote", then="url:desk.example/log", per_day=3.0),
        Repetition(act="phrase:Thank you for your patience, I am looking into it now.", per_day=5.0),
        Repetition(act="phrase:Is there anything else I can help you with today?", per_day=4.0),
    ),
    pace=14.0,
    bursts=8.0,
)

DESIGNER = Person(
    name="designer",
    strays=(
        "app:palette",
        "app:exporter",
    ),
    zone="Europe/Lisbon",
    hours=(_clock(10), _clock(16)),
    workdays=(0, 1, 3, 4),
    things=(
        *_OFFICE,
        "app:draw",
        "app:photo",
        "app:fonts",
        "app:music",
        "url:board.example/ideas",
        "url:stock.example/photos/#",
        "url:client.example/brief/#",
    ),
    plants=(
        Habit(act="url:invoices.example/new", minute=_clock(15), weekdays=(4,), jitter=8),
        Routine(
            steps=("app:photo", "app:draw", "app:exporter", "url:client.example/upload", "app:mail"),
            per_day=1.2,
        ),
        Routine(steps=("app:fonts", "app:draw", "app:palette"), per_day=1.5, weeks=(0, 3)),
        Routine(steps=("app:mood", "app:sketch", "app:palette"), per_day=1.5, weeks=(3, 99)),
    ),
    weeks=8,
    pace=30.0,
    bursts=20.0,
)

MANAGER = Person(
    name="manager",
    strays=(
        "app:dashboard",
        "app:feedback",
    ),
    zone="Europe/London",
    things=(
        *_OFFICE,
        "app:slides",
        "app:planner",
        "url:people.example/team",
        "url:hiring.example/candidates/#",
        "url:board.example/roadmap",
        "url:travel.example/trips",
    ),
    plants=(
        Habit(act="app:dashboard", minute=_clock(9, 5), weeks=(0, 4)),
        Habit(act="url:okr.example/week", minute=_clock(11, 0), weekdays=(0,), jitter=7),
        Habit(act="url:times.example/approve", minute=_clock(16, 30), weekdays=WORKDAYS, jitter=6),
        FollowUp(after="state:teams=closed", then="app:notes", per_day=3.0),
        FollowUp(after="url:hiring.example/scorecard", then="app:feedback", per_day=1.5, delay=(20, 150)),
        Repetition(act="phrase:Thanks, approved. Please go ahead.", per_day=4.0),
    ),
    pace=25.0,
)

RESEARCHER = Person(
    name="researcher",
    strays=(
        "url:papers.example/new",
        "app:plots",
    ),
    zone="Australia/Adelaide",
    hours=(_clock(9), _clock(18)),
    things=(
        *_OFFICE,
        "app:notebook",
        "app:plots",
        "app:latex",
        "app:refs",
        "url:papers.example/abs/#",
        "url:scholar.example/?q=*",
        "url:cluster.example/jobs",
        "cmd:python *.py",
        "cmd:ls",
        "cmd:squeue",
    ),
    plants=(
        Habit(act="url:papers.example/new", minute=_clock(9, 20), jitter=8),
        Routine(
            steps=(
                "cmd:rsync -a cluster:results .",
                "app:notebook",
                "app:plots",
                "app:latex",
                "cmd:make paper.pdf",
                "app:reader",
            ),
            per_day=1.3,
            optional=(2, 5),
        ),
        Routine(steps=("app:refs", "url:scholar.example/library", "app:latex"), per_day=2.0),
        FollowUp(after="cmd:sbatch run.sh", then="url:cluster.example/queue", per_day=2.0),
        Repetition(act="cmd:conda activate analysis", per_day=2.5),
    ),
    tells_length=False,
)

ASSISTANT = Person(
    name="assistant, seven days a week",
    strays=(
        "app:weather",
        "app:contacts",
    ),
    zone="America/Sao_Paulo",
    hours=(_clock(7), _clock(15)),
    workdays=(0, 1, 2, 3, 4, 5, 6),
    things=(
        *_OFFICE,
        "app:phone",
        "app:contacts",
        "url:travel.example/search",
        "url:hotel.example/rooms/#",
        "url:maps.example/place/*",
        "url:social.example/feed",
    ),
    plants=(
        Habit(act="app:weather", minute=_clock(7, 30), weekdays=(0, 1, 2, 3, 4, 5, 6)),
        Habit(act="url:bins.example/week", minute=_clock(13), weekdays=(2,), jitter=5),
        Routine(
            steps=("app:calendar", "url:travel.example/book", "app:contacts", "app:messages"),
            per_day=2.5,
        ),
        FollowUp(after="app:phone-call", then="app:crm", per_day=3.0),
        Repetition(act="phrase:She will get back to you by tomorrow.", per_day=3.0),
    ),
    bursts=15.0,
)

NOBODY = Person(
    name="nobody's habits",
    things=(
        *_OFFICE,
        "app:code",
        "app:draw",
        "app:music",
        "url:shop.example/cart",
        "url:video.example/watch",
    ),
    plants=(),
)

PEOPLE = (ACCOUNTANT, DEVELOPER, SUPPORTER, DESIGNER, MANAGER, RESEARCHER, ASSISTANT, NOBODY)
