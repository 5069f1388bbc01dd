"""Fields of the files that come besides cases, tickets, ratings and findings: visits, complaints, attendance, reviews, indices, and how
cases went on. Shape and rules as in fields.py.
"""

from __future__ import annotations

from .field import Field

CHECK_KIND = (
    ("covert_visit", ("暗访", "明察暗访")),
    ("video_round", ("视频巡查", "视频检查")),
    ("leader_on_duty", ("领导带班", "领导坐班")),
    ("simulated_case", ("模拟办件", "模拟查", "党员陪跑")),
    ("self_check", ("自己查", "自查")),
    ("enterprise_check", ("企业查",)),
    ("public_check", ("群众查", "行风监督员", "两代表一委员")),
    ("media_check", ("媒体查",)),
    ("key_check", ("重点查",)),
    ("third_party", ("第三方",)),
)  # the six checks of document 002, and the ways of documents 000 to 002
REPORT_STATUS = (
    ("received", ("已登记", "已受理", "办理中")),
    ("confirmed", ("查实", "属实", "确认")),
    ("disputed", ("异议", "有异议")),
    ("withdrawn", ("不属实", "不予受理", "撤销")),
)
COMPLAINT_CHANNEL = (
    ("hotline", ("12345", "热线", "12345热线")),
    ("desk", ("投诉台", "现场", "投诉服务台")),
    ("letter", ("信件", "来信", "意见箱")),
    ("portal", ("网站", "政务服务网", "统一平台")),
    ("app", ("手机", "小程序")),
    ("media", ("媒体",)),
    ("superior", ("上级转办",)),
)
LAPSE = (
    ("none", ("在岗", "正常", "on_post")),
    ("late_or_early", ("迟到", "早退", "late")),
    ("away_from_post", ("离岗", "脱岗", "空岗")),
    ("absent", ("旷工", "缺勤")),
    ("no_sign_in", ("未签到", "未签退", "漏签")),
    ("ab_cover", ("缺岗无人顶岗", "AB岗未顶岗", "cover_missed")),
)
LAPSE_CHANNEL = (("machine", ("考勤机", "签到")), ("camera", ("监控", "离岗预警")), ("round", ("巡查",)), ("register", ("登记簿",)))
STOP_KIND = (
    ("supplement", ("补正", "补正材料")),
    ("special_procedure", ("特别程序", "听证", "勘验", "检验", "检测", "鉴定", "专家评审", "招标", "拍卖", "公示")),
    ("suspension", ("挂起", "中止", "暂停")),
    ("intermediary", ("中介服务",)),
)
PAPER_KIND = (
    ("promise_and_record", ("告知承诺", "承诺备案")),
    ("accept_with_missing", ("容缺", "容缺受理")),
    ("build_first", ("先建后验",)),
)
PROJECT_KIND = (
    ("ordinary", ("一般企业投资项目",)),
    ("government", ("政府投资项目",)),
    ("urban_village", ("城中村改造项目",)),
    ("real_estate", ("房地产开发类",)),
    ("industry", ("产业类",)),
)
STAGE = (
    ("approval", ("立项",)),
    ("design", ("初步设计",)),
    ("land", ("供地审批",)),
    ("construction", ("施工许可",)),
    ("acceptance", ("验收发证",)),
)  # document 002's five stages

_STATUS = (
    Field("status", "choice", ("认定结果", "办理状态"), choices=REPORT_STATUS),
    Field("status_from", "moment", ("认定时间",)),
    Field("status_reason", "free", ("认定说明",)),
)
_WINDOW = Field("window", "window", ("窗口编号", "窗口", "部门窗口", "window_id"))
_SEAT = Field("seat", "seat", ("座席", "座席编号", "seat_id"))
_SERVICE = Field("service", "service", ("事项编码", "事项编号", "事项", "service_id", "serviceCode"))
_CASE = ("办件编号", "办件编码", "业务编号", "projNo")
_HANDLER = Field("handler", "staff", ("首办人工号", "经办人工号", "工号", "handler_id"))
_NOTE = Field("note", "free", ("情况说明", "内容"))

FIELDS: dict[str, tuple[Field, ...]] = {
    "visits": (
        Field("check_number", "key", ("检查任务编号", "检查单号"), required=True),
        Field("check_kind", "choice", ("检查方式",), required=True, choices=CHECK_KIND),
        Field("window", "window", ("窗口编号", "窗口", "部门窗口", "window_id"), required=True),
        Field("inspector", "text", ("检查人",), required=True),
        Field("began", "moment", ("检查时间", "began_at"), required=True),
        Field("minutes", "whole", ("观察分钟", "观察时长"), required=True, high=1440),
        Field("people_waiting", "whole", ("等候人数",), high=100_000),
        Field("draw", "key", ("抽取编号",)),
        Field("checklist", "text", ("检查清单",)),
        _NOTE,
    ),
    "complaints": (
        Field("complaint_number", "key", ("投诉编号", "工单编号"), required=True),
        Field("received", "moment", ("投诉时间", "登记时间", "received_at"), required=True),
        Field("channel", "choice", ("投诉渠道", "渠道"), required=True, choices=COMPLAINT_CHANNEL),
        Field("code", "text", ("问题代码",)),
        _WINDOW, _SEAT, _SERVICE,
        Field("case_number", "key", _CASE),
        _HANDLER,
        Field("complainant", "citizen", ("投诉人证件号", "投诉人手机号")),
        Field("is_named", "flag", ("实名", "是否实名")),
        _NOTE, *_STATUS,
    ),
    "attendance": (
        Field("attendance_number", "key", ("考勤编号",)),
        Field("code", "choice", ("考勤结果", "问题代码"), required=True, choices=LAPSE),
        Field("happened", "moment", ("考勤时间", "发现时间"), required=True),
        Field("channel", "choice", ("来源", "发现方式"), choices=LAPSE_CHANNEL),
        _WINDOW, _SEAT,
        Field("person", "staff", ("人员工号", "工号", "person_id")),
        Field("minutes", "whole", ("分钟", "时长"), high=1440),
        _NOTE, *_STATUS,
    ),
    "reviews": (
        Field("review_number", "key", ("内审编号",)),
        Field("code", "text", ("问题代码", "内审结果"), required=True),
        Field("reviewed", "moment", ("内审时间",), required=True),
        Field("case_number", "key", _CASE, required=True),
        _WINDOW, _SERVICE, _HANDLER, _NOTE, *_STATUS,
    ),
    "indices": (
        Field("index_number", "key", ("指数编号",), required=True),
        Field("body", "text", ("测评机构", "第三方机构"), required=True),
        Field("name", "text", ("指标名称", "指数名称"), required=True),
        _WINDOW,
        Field("first_day", "day", ("开始日期",), required=True),
        Field("last_day", "day", ("结束日期",), required=True),
        Field("value", "decimal", ("得分", "数值"), required=True),
        Field("scale", "decimal", ("满分",), required=True),
        Field("asked", "whole", ("样本量",), low=1, high=1_000_000_000),
        _NOTE,
    ),
    "receipts": (
        Field("case_number", "key", _CASE, required=True),
        Field("received", "moment", ("收件时间", "received_at"), required=True),
        _SERVICE, _WINDOW, _HANDLER,
        Field("channel", "text", ("收件渠道", "渠道")),
        Field("supplement_asked", "moments", ("补正告知时间",)),
        Field("supplement_arrived", "moments", ("补正收到时间",)),
        Field("not_accepted", "moment", ("不予受理时间",)),
        Field("withdrawn", "moment", ("撤回时间",)),
        Field("reason", "free", ("原因", "不予受理原因")),
    ),
    "stops": (
        Field("case_number", "key", _CASE, required=True),
        Field("stopped", "moment", ("暂停时间", "中止时间", "stopped_at"), required=True),
        Field("stop_kind", "choice", ("暂停类型", "特别程序类型"), required=True, choices=STOP_KIND),
        Field("document", "text", ("告知书编号", "文书编号")),
    ),
    "steps": (
        Field("case_number", "key", _CASE, required=True),
        Field("step", "text", ("环节", "环节名称"), required=True),
        Field("ended", "moment", ("环节办结时间", "ended_at"), required=True),
        Field("handler", "staff", ("环节经办人工号", "工号", "handler_id")),
    ),
    "papers": (
        Field("case_number", "key", _CASE, required=True),
        Field("paper", "text", ("材料", "材料名称"), required=True),
        Field("paper_kind", "choice", ("受理方式",), required=True, choices=PAPER_KIND),
        Field("due", "day", ("补交期限", "承诺日期"), required=True),
        Field("delivered", "day", ("补交日期",)),
        Field("waived", "day", ("免交日期",)),
        Field("put_off", "day", ("延期日期",)),
        Field("put_off_to", "day", ("延至",)),
        Field("reason", "free", ("说明",)),
    ),
    "projects": (
        Field("project_number", "key", ("项目代码", "项目编号"), required=True),
        Field("project_kind", "choice", ("项目类型",), required=True, choices=PROJECT_KIND),
        Field("stage", "choice", ("阶段",), required=True, choices=STAGE),
        Field("lead", "text", ("牵头部门",)),
        Field("began", "day", ("阶段开始", "开始日期")),
        Field("ended", "day", ("阶段结束", "结束日期")),
        Field("intermediary_days", "whole", ("中介服务天数",), high=3650),
    ),
}  # fmt: skip
KEYS = {
    "visits": "check_number", "complaints": "complaint_number", "attendance": "attendance_number", "reviews": "review_number",
    "indices": "index_number", "receipts": "case_number", "stops": "case_number", "steps": "case_number", "papers": "case_number",
    "projects": "project_number",
}  # fmt: skip
