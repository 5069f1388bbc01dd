"""What each kind of file may say: the fields, their sort, and the column names understood without a mapping.

The first name of a field is our own column name (the field's id); the Chinese ones follow, then names met in the field's exports (RULES
1.9). A field's sort says how its text is read (values.py). Columns of other names are ignored and never stored.
"""

from __future__ import annotations

from . import fields_more
from .field import Field, Sort

__all__ = ["FIELDS", "KINDS", "Field", "Sort"]

KINDS = (
    "halls", "cases", "tickets", "ratings", "checks",
    "visits", "complaints", "attendance", "reviews", "indices", "receipts", "stops", "steps", "papers", "projects",
)  # fmt: skip


CASE_KIND = (
    ("instant", ("即办件", "直接办理件", "即办")),
    ("promised", ("承诺件", "承诺办理件")),
    ("supplement", ("补办件",)),
    ("returned", ("退回件",)),
    ("joint", ("联办件",)),
    ("reported", ("上报件",)),
)
CASE_OUTCOME = (
    ("granted", ("批准", "准予许可", "予以批准")),
    ("refused", ("不予批准", "不予许可")),
    ("transferred", ("转报", "转报办结")),
    ("terminated", ("终止", "终止办理")),
    ("withdrawn", ("撤回", "申请人撤回")),
)
LEVELS = (
    ("5", ("非常满意",)),
    ("4", ("满意",)),
    ("3", ("基本满意",)),
    ("2", ("不满意",)),
    ("1", ("非常不满意",)),
)  # the five words of the national rating system, RULES 1.2
RATING_CHANNEL = (
    ("device", ("评价器", "窗口评价仪", "窗口评价器", "PJQ")),
    ("qr", ("二维码", "静态二维码", "通知单二维码")),
    ("portal", ("政务服务网", "网站", "网络评价", "PC")),
    ("app", ("APP", "小程序", "移动端", "粤省事", "粤商通")),
    ("sms", ("短信", "手机短信")),
    ("kiosk", ("一体机", "自助终端", "自助机")),
    ("hotline", ("12345", "热线", "12345热线")),
    ("paper", ("评议表", "意见箱", "纸质")),
    ("call_back", ("电话回访", "回访")),
    ("third_party", ("第三方", "第三方评价")),
    ("supervisor", ("监督员", "行风监督员", "政府检查", "监督查评")),
    ("comment", ("综合点评", "社会评价")),
)  # RULES 1.3
TICKET_OUTCOME = (
    ("served", ("已办理", "办理完成", "完成")),
    ("reneged", ("弃号", "中途离开")),
    ("balked", ("未排队离开",)),
    ("turned_away", ("拒发号", "限号")),
    ("sent_home", ("材料不齐", "退回补正")),
    ("no_show", ("过号", "未到")),
    ("diverted", ("分流", "转自助")),
    ("interrupted", ("中断",)),
    ("unfinished", ("未办完",)),
)
RATING_STATUS = (
    ("valid", ("有效", "属实")),
    ("mistaken", ("误评",)),
    ("malicious", ("恶意", "恶意评价")),
    ("contested", ("申诉中", "待核实")),
)
FINDING_STATUS = (("confirmed", ("确认", "属实")), ("disputed", ("异议", "有异议")), ("withdrawn", ("撤销",)))
FINDING_SOURCE = (
    ("in_house", ("内部检查", "日常巡查", "明察")),
    ("third_party", ("第三方", "暗访", "第三方暗访")),
    ("media", ("媒体", "媒体曝光")),
    ("superior", ("上级", "上级检查")),
    ("leader_on_duty", ("值班领导", "领导带班")),
)

CASES = (
    Field("case_number", "key", ("办件编号", "办件编码", "业务编号", "projNo"), required=True),
    Field("accepted", "moment", ("受理时间", "accepted_at", "applyTime"), required=True),
    Field("service", "service", ("事项编码", "事项编号", "事项", "service_id", "serviceCode")),
    Field("window", "window", ("窗口编号", "窗口", "部门窗口", "window_id")),
    Field("handler", "staff", ("经办人工号", "工号", "经办人", "handler_id")),
    Field("applicant", "citizen", ("申请人证件号", "申请人证件号码", "证件号码", "applicantCardNumber")),
    Field("kind", "choice", ("办件类型", "case_kind"), choices=CASE_KIND),
    Field("channel", "text", ("受理渠道", "渠道")),
    Field("ended", "moment", ("办结时间", "ended_at", "transactionTime")),
    Field("outcome", "choice", ("办结结果", "办理结果"), choices=CASE_OUTCOME),
    Field("due", "moment", ("应办结时间", "到期时间", "due_at")),
    Field("stopped", "moments", ("暂停时间", "中止时间", "stopped_at")),
    Field("resumed", "moments", ("恢复时间", "resumed_at")),
    Field("stop_reason", "free", ("暂停原因", "中止原因")),
)
TICKETS = (
    Field("ticket", "key", ("票号", "号码", "排队号", "ticket_number"), required=True),
    Field("arrived", "moment", ("取号时间", "arrived_at"), required=True),
    Field("called", "moment", ("叫号时间", "called_at")),
    Field("ended", "moment", ("结束时间", "办理结束时间", "ended_at")),
    Field("outcome", "choice", ("结果", "状态"), required=True, choices=TICKET_OUTCOME),
    Field("service", "service", ("事项编码", "事项编号", "事项", "业务类型", "service_id")),
    Field("seat", "seat", ("座席", "座席编号", "柜台", "seat_id")),
    Field("window", "window", ("窗口编号", "窗口", "部门窗口", "window_id")),
    Field("case_number", "key", ("办件编号", "办件编码", "projNo")),
    Field("citizen", "citizen", ("取号人证件号", "证件号码")),
    Field("visit", "text", ("到访编号",)),
    Field("stage", "whole", ("环节",), high=1000),
    Field("parent_ticket", "key", ("原票号",)),
)
RATINGS = (
    Field("rating_number", "key", ("评价编号", "assessNumber")),
    Field("level", "choice", ("评价等级", "满意度", "评价结果"), required=True, choices=LEVELS),
    Field("rated", "moment", ("评价时间", "rated_at"), required=True),
    Field("case_number", "key", ("办件编号", "办件编码", "projNo")),
    Field("ticket", "key", ("票号", "ticket_number")),
    Field("service", "service", ("事项编码", "事项编号", "事项", "service_id", "serviceCode")),
    Field("window", "window", ("窗口编号", "窗口", "部门窗口", "window_id")),
    Field("seat", "seat", ("座席", "座席编号", "seat_id")),
    Field("handler", "staff", ("被评价人工号", "工号", "handler_id")),
    Field("channel", "choice", ("评价渠道", "渠道", "evaluateChannel"), choices=RATING_CHANNEL),
    Field("is_default", "flag", ("默认评价", "是否默认评价")),
    Field("is_named", "flag", ("实名", "是否实名")),
    Field("rater", "citizen", ("评价人证件号", "评价人手机号")),
    Field("reasons", "free", ("评价标签", "评价原因")),
    Field("comment", "free", ("评价内容", "文字评价")),
    Field("status", "choice", ("核实结果", "评价状态"), choices=RATING_STATUS),
    Field("status_from", "moment", ("核实时间",)),
    Field("status_reason", "free", ("核实说明",)),
)
CHECKS = (
    Field("finding_number", "key", ("问题编号", "检查编号")),
    Field("code", "text", ("问题代码", "检查项", "扣分项"), required=True),
    Field("observed", "moment", ("发现时间", "检查时间", "observed_at"), required=True),
    Field("window", "window", ("窗口编号", "窗口", "部门窗口", "window_id")),
    Field("seat", "seat", ("座席", "座席编号", "seat_id")),
    Field("person", "staff", ("人员工号", "工号", "person_id")),
    Field("observed_minutes", "whole", ("观察分钟", "观察时长"), high=1440),
    Field("people_waiting", "whole", ("等候人数",), high=100_000),
    Field("source", "choice", ("发现方式", "检查来源"), required=True, choices=FINDING_SOURCE),
    Field("check_number", "key", ("检查任务编号", "检查单号")),
    Field("note", "free", ("证据说明", "情况说明")),
    Field("status", "choice", ("认定结果", "问题状态"), choices=FINDING_STATUS),
    Field("status_from", "moment", ("认定时间",)),
    Field("status_reason", "free", ("认定说明",)),
)
UNITS = (
    ("minutes", ("分钟",)),
    ("working_hours", ("工作小时", "工作时")),
    ("working_days", ("工作日", "个工作日")),
    ("calendar_days", ("自然日", "日历日")),
    ("months", ("月", "个月")),
)  # a bare "days" or 天 or 日 is refused: it must be declared working or calendar
HALLS = (
    Field(
        "what", "choice", ("类别",), required=True,
        choices=(("hall", ("大厅",)), ("hours", ("开放时间",)), ("zone", ("区域",)), ("seat", ("座席",)),
                 ("window", ("窗口",)), ("service", ("事项",)), ("person", ("人员",))),
    ),
    Field("id", "text", ("编号", "编码"), required=True),
    Field("name_zh", "free", ("名称", "中文名称")),
    Field("name_en", "free", ("英文名称",)),
    Field("time_zone", "text", ("时区",)),
    Field("calendar", "text", ("日历",)),
    Field("opened_on", "day", ("启用日期",)),
    Field("zone", "text", ("所在区域",)),
    Field("department", "text", ("部门",)),
    Field("kind", "choice", ("窗口类型",), choices=(
        ("dedicated", ("专窗", "部门窗口")), ("comprehensive", ("综合窗口", "综窗")), ("township", ("乡镇窗口",)),
        ("temporary", ("临时窗口",)))),
    Field("windows", "free", ("所属窗口", "办理窗口")),  # a comprehensive seat may serve for dozens
    Field("role", "choice", ("角色",), choices=(("head", ("首席代表",)), ("staff", ("工作人员",)))),
    Field("promised", "whole", ("承诺时限",), low=0, high=10_000_000),
    Field("promised_unit", "choice", ("承诺时限单位",), choices=UNITS),
    Field("legal", "whole", ("法定时限",), low=0, high=10_000_000),
    Field("legal_unit", "choice", ("法定时限单位",), choices=UNITS),
    Field("article", "text", ("时限依据",)),
    Field("from", "text", ("开始",)),
    Field("to", "text", ("结束",)),
    Field("valid_from", "day", ("生效日期",)),
)  # fmt: skip
"""One table for all parts of a hall; a hall may as well be a TOML file (halls.py)."""

FIELDS: dict[str, tuple[Field, ...]] = {
    "halls": HALLS, "cases": CASES, "tickets": TICKETS, "ratings": RATINGS, "checks": CHECKS, **fields_more.FIELDS,
}  # fmt: skip
