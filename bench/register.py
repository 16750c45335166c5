"""Fills the table of activities to a size, by SQL: a million rows through the forms would take an hour.

Every size holds the same `IN_PERIOD` activities of the province in the period, and none in the same period of last
year: between sizes only what a report does not count grows. The others lie in other provinces, or on other days of the
provinces ours was made from. Rows arrive in the order of their days, as they do in life.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from bench.province import Cast
from coordination.enums import UnitLevel
from coordination.models import AdministrativeUnit
from coordination.search import search_text
from programs.models import Activity, ActivityKind, Component, CountCategory, OutputKind
from programs.readings import generations

IN_PERIOD = 20_000
FIRST_DAY = "2016-01-01"
REFORM = "2025-07-01"  # from this day on places are those of the new list
TABLES = (
    "programs_activitycount", "programs_activityoutput", "programs_activitycost", "programs_activity_partners",
    "programs_activity_other_units", "programs_activity_topics", "programs_activity",
)  # fmt: skip
TITLES = (
    "Truyền thông phòng, chống tảo hôn và hôn nhân cận huyết thống",
    "Tập huấn kỹ năng vận hành tổ truyền thông cộng đồng",
    "Đối thoại chính sách với phụ nữ dân tộc thiểu số",
    "Sinh hoạt câu lạc bộ thủ lĩnh của sự thay đổi",
    "Tuyên truyền Luật Phòng, chống bạo lực gia đình",
    "Hội thi tìm hiểu kiến thức bình đẳng giới",
    "Ra mắt địa chỉ tin cậy tại cộng đồng",
    "Tọa đàm chăm sóc sức khỏe sinh sản vị thành niên",
    "Kiểm tra, giám sát thực hiện Dự án 8",
    "Hội nghị sơ kết công tác vì sự tiến bộ của phụ nữ",
    "Phát động Tháng hành động vì bình đẳng giới",
)
RARE_TITLE = "Chiếu phim lưu động về bình đẳng giới"  # one row in a thousand

PICK = """
CREATE OR REPLACE FUNCTION pg_temp.pick(n bigint, salt int, among int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT ((hashint8extended(n, salt) & 9007199254740991) % among)::int $$
"""
PLACES = """
CREATE TEMP TABLE bench_place
  (era text, no int, unit bigint, province bigint, owners bigint[], folded text, label text, ours bool)
"""
TITLE_ROWS = "CREATE TEMP TABLE bench_title (no int, title text, folded text, kind bigint, component bigint)"

ACTIVITIES = """
INSERT INTO programs_activity (
  uid, version, created_at, counted_on, starts_on, ends_on, state, precision, reference, reason, note, is_sample,
  title, place, search_text, sessions, attendances, women, minority, minority_women, distinct_people, result,
  other_partners, owner_id, province_id, unit_id, kind_id, component_id)
SELECT
  gen_random_uuid(), 1, held.day + interval '17 hours', held.day, held.day, held.day,
  CASE WHEN made.era <> 'period' AND pg_temp.pick(n, 9, 50) = 0 THEN 'draft' ELSE 'recorded' END,
  CASE pg_temp.pick(n, 10, 10) WHEN 0 THEN 'about' WHEN 1 THEN 'nearly' ELSE 'exact' END,
  'R' || n, '', '', TRUE,
  t.title || ' tại ' || p.label, 'Nhà văn hóa ' || p.label,
  t.folded || ' tai ' || p.folded || ' nha van hoa ' || p.folded,
  1 + pg_temp.pick(n, 11, 4), total, women, minority,
  GREATEST(women + minority - total, 0) + (LEAST(women, minority) - GREATEST(women + minority - total, 0)) / 2,
  CASE WHEN pg_temp.pick(n, 12, 3) = 0 THEN total * 9 / 10 END,
  'Người dân tham gia đầy đủ, nhiều ý kiến trao đổi.', '',
  p.owners[1 + pg_temp.pick(n, 13, cardinality(p.owners))], p.province, p.unit, t.kind, t.component
FROM (
  SELECT n, day, era, total,
    CASE WHEN pg_temp.pick(n, 3, 8) > 0 THEN total * (40 + pg_temp.pick(n, 4, 50)) / 100 END AS women,
    CASE WHEN pg_temp.pick(n, 5, 6) > 0 THEN total * (30 + pg_temp.pick(n, 6, 70)) / 100 END AS minority
  FROM (
    SELECT n, day, 20 + pg_temp.pick(n, 2, 180) AS total,
      CASE WHEN n <= %(in_period)s THEN 'period' WHEN day < %(reform)s THEN 'old' ELSE 'new' END AS era
    FROM (
      SELECT n, CASE WHEN n <= %(in_period)s THEN %(first)s::date + pg_temp.pick(n, 1, %(days)s)
                ELSE %(first_day)s::date + pg_temp.pick(n, 1, %(last)s::date - %(first_day)s::date) END AS day
      FROM generate_series(1, %(size)s) n
    ) days
  ) numbers
) made
JOIN (SELECT era, count(*)::int AS size FROM bench_place GROUP BY era) eras USING (era)
JOIN bench_place p ON p.era = made.era AND p.no = pg_temp.pick(n, 7, eras.size)
JOIN bench_title t
  ON t.no = CASE pg_temp.pick(n, 8, 1000) WHEN 0 THEN %(titles)s ELSE pg_temp.pick(n, 14, %(titles)s) END
CROSS JOIN LATERAL (
  SELECT CASE WHEN p.ours AND made.day BETWEEN %(before)s AND %(before_last)s THEN made.day - %(days)s
         ELSE made.day END AS day
) held
ORDER BY held.day, n
"""
PARTS = (
    # One activity in two hundred of the province corrects the one its owner entered before it.
    """UPDATE programs_activity a SET reason = 'Bổ sung số liệu', women = NULL, corrects_id =
      (SELECT MAX(o.id) FROM programs_activity o WHERE o.owner_id = a.owner_id AND o.id < a.id AND o.id %% 200 <> 0)
    WHERE a.province_id = %(province)s AND a.id %% 200 = 0""",
    # Two audiences of every third activity, half of its people each at most.
    """INSERT INTO programs_activitycount (activity_id, category_id, attendances, women)
    SELECT a.id, (%(categories)s)[1 + (pg_temp.pick(a.id, 21, %(category_count)s - 1) + twice) %% %(category_count)s],
      a.attendances / 2, a.women / 4
    FROM programs_activity a, generate_series(0, 1) twice WHERE pg_temp.pick(a.id, 20, 3) = 0""",
    """INSERT INTO programs_activityoutput (activity_id, kind_id, quantity)
    SELECT a.id, (%(outputs)s)[1 + pg_temp.pick(a.id, 23, %(output_count)s)], 10 + pg_temp.pick(a.id, 24, 300)
    FROM programs_activity a WHERE pg_temp.pick(a.id, 22, 4) = 0""",
    """INSERT INTO programs_activitycost (activity_id, source, amount_vnd)
    SELECT a.id, (ARRAY['central', 'local', 'other_lawful'])[1 + pg_temp.pick(a.id, 26, 3)],
      100000 * (5 + pg_temp.pick(a.id, 27, 200))
    FROM programs_activity a WHERE pg_temp.pick(a.id, 25, 5) = 0""",
    """INSERT INTO programs_activity_partners (activity_id, agency_id)
    SELECT a.id, CASE WHEN a.owner_id = %(board)s THEN %(union)s ELSE %(board)s END
    FROM programs_activity a WHERE a.province_id = %(province)s AND pg_temp.pick(a.id, 28, 10) = 0""",
    """INSERT INTO programs_activity_other_units (activity_id, administrativeunit_id)
    SELECT a.id, p.unit FROM programs_activity a
    JOIN bench_place p ON p.era = 'period' AND p.no = pg_temp.pick(a.id, 30, %(communes)s)
    WHERE a.province_id = %(province)s AND p.unit <> a.unit_id AND pg_temp.pick(a.id, 29, 40) = 0""",
)  # fmt: skip


def prepare(cast: Cast) -> None:
    """Once per connection: places and titles to pick from."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_place, bench_title")
        for statement in (PICK, PLACES, TITLE_ROWS):
            cursor.execute(statement)
        cursor.executemany("INSERT INTO bench_place VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", list(_places(cast)))
        cursor.executemany("INSERT INTO bench_title VALUES (%s, %s, %s, %s, %s)", list(_titles()))


def _places(cast: Cast):
    inside = [cast.board.pk, cast.union.pk]
    for number, unit in enumerate(cast.communes):
        owners = [*inside, cast.below[number].pk]
        yield "period", number, unit.pk, cast.province.pk, owners, unit.search_text, unit.full_name, False
    communes, lineage = (
        AdministrativeUnit.objects.of_level(UnitLevel.COMMUNE).order_by("pk"),
        generations(cast.province),
    )
    for era, day in (("old", "2025-06-30"), ("new", REFORM)):
        for number, unit in enumerate(communes.valid_on(day).exclude(province=cast.province)):
            owners = [cast.others[unit.province_id].pk]
            ours = unit.province_id in lineage
            yield era, number, unit.pk, unit.province_id, owners, unit.search_text, unit.full_name, ours


def _titles():
    kinds = list(ActivityKind.objects.order_by("code").values_list("pk", flat=True))
    components = list(Component.objects.filter(content__isnull=False).order_by("code").values_list("pk", flat=True))
    for number, title in enumerate((*TITLES, RARE_TITLE)):
        yield number, title, search_text(title), kinds[number % len(kinds)], components[number % len(components)]


def fill(cast: Cast, size: int, in_period: int = IN_PERIOD) -> None:
    """Exactly `size` activities with their parts; what was there before is gone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers: the rows are right by making
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE")
        _insert(cursor, cast, size, min(in_period, size))
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")
    found = Activity.objects.count()
    if found != size:
        raise RuntimeError(f"{found} activities instead of {size}")


def keep_copy(schema: str) -> None:
    """What the tables hold now stays readable under `schema`, so that two sizes can be asked in one round."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        cursor.execute(f"CREATE SCHEMA {schema}")
        for table in TABLES:
            cursor.execute(f"CREATE TABLE {schema}.{table} (LIKE public.{table} INCLUDING ALL)")
            cursor.execute(f"INSERT INTO {schema}.{table} OVERRIDING SYSTEM VALUE SELECT * FROM public.{table}")
            cursor.execute(f"VACUUM ANALYZE {schema}.{table}")


def looking_at(schema: str) -> None:
    """Which copy the portal reads from now on; "" is the whole table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {schema + ', ' if schema else ''}public")


def _insert(cursor, cast: Cast, size: int, in_period: int) -> None:
    window, before = cast.period, cast.period.same_period_last_year
    values = {
        "size": size, "in_period": in_period, "titles": len(TITLES), "reform": REFORM, "first_day": FIRST_DAY,
        "first": window.data_from, "days": (window.data_to - window.data_from).days + 1, "last": window.data_to,
        "before": before.data_from, "before_last": before.data_to,
    }  # fmt: skip
    cursor.execute(ACTIVITIES, values)
    parts = {
        "board": cast.board.pk, "union": cast.union.pk, "province": cast.province.pk, "communes": len(cast.communes),
        "categories": _ids(CountCategory.objects.filter(dimension="audience")), "outputs": _ids(OutputKind.objects),
    }  # fmt: skip
    parts |= {"category_count": len(parts["categories"]), "output_count": len(parts["outputs"])}
    for statement in PARTS:
        cursor.execute(statement, parts)


def _ids(rows) -> Sequence[int]:
    return list(rows.order_by("code").values_list("pk", flat=True))
