"""The subjects and predicates of error texts, in any provider's words. Data only.

The words come from the errors below ``fixtures/http``, which have their sources; ``meanings`` joins them.
"""

from __future__ import annotations

import re


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


# --- words

_NOT = r"(?:\bnot|n't|\bcannot|\bnever|\bnor|\bno longer)"
_MODEL = r"models?(?! (?:parameter|input|config\w*|output|response|provider|settings|family)\b|'s)"
MODEL = _words(
    rf"\b(?:{_MODEL}|deployments?"
    r"|inference[- ]profiles?|engine(?! is overloaded)|checkpoint|adapters?|model_?(?:id|name|code|identifier))\b|模型"
)
SERVED = _words(
    rf"\b(?:{_MODEL}|deployments?|(?<!chat )(?<!api )(?:dedicated |serving |inference |model )?endpoints?|functions?)\b"
    r"|模型"
)
FEATURE = _words(
    r"\b(?:parameters?|argument|field|property|value|tools?|tool_choice|response_format|temperature|reasoning|thinking"
    r"|functions?|images?|input|inputs|prompts?|messages?|stream\w*|schema|format|role|content|features?|api[ -]?key"
    r"|tokens?|headers?|context|max_\w+|top_p|supports?|but|quota|credits?|balance|length|rate|limits?)\b"
)
_ELSEWHERE = (
    r"(?! (?:with|by|in|on|via|for|when used with)\b.{0,60}\b(?:apis?|endpoints?|operations?|parameters?|tools?"
    r"|stream\w*|format|mode|completions|requests?|inputs?|features?|responses))"
)
ABSENT = _words(
    rf"\bnot exists?\b|(?:not|n't)(?: \w+)? exist\b|{_NOT} (?:\w+ ){{0,3}}?(?:found|located|resolved"
    r"|recogni[sz]ed|known|available|valid|supported|served|hosted|deployed|enabled|configured|running|started"
    r"|accessible|offered|provided|provisioned|registered|installed|present|activated|active|listed|defined"
    rf"|mapped|invocable|a (?:valid|known|supported))\b{_ELSEWHERE}|\b(?:(?:is|was|are|be|id|name|:"
    r"|§)(?: (?:currently|either|an?|probably))?) (?:unknown|invalid|unsupported|unavailable|unrecogni[sz]ed"
    rf"|undefined|non-?existent|inactive|offline|stopped|paused|unloaded|missing from|absent){_ELSEWHERE}\b|不存在"
    r"|未找到|找不到|不支持|无效|无可用|未开通|未部署"
)
UNKNOWN = _words(
    r"\b(?:unknown|invalid|unrecogni[sz]ed|unsupported|undefined|no such|non-?existent|inaccessible|incorrect|wrong"
    r"|unavailable|not (?:an? )?(?:valid|known|support(?:ed)?|recogni[sz]ed|available|existing)|not found(?: the)?)\b"
    r"|无效的?|未知的?|不支持的?"
)
SWITCHED_OFF = _words(r"\b(?:disabled|blocked|restricted|gated|denied)\b")
FAILED_TO_FIND = _words(
    r"(?:\bnot|n't|\bcannot|\bunable to|\bfail(?:ed|s|ure)? to|\bimpossible to)(?: \w+)? (?:find|locate|resolve|access"
    r"|load|serve|recogni[sz]e|invoke|identify|determine|map)\b"
)
REFUSES = _words(
    r"\b(?:does|do|did|can)(?:n't|not| not) (?:\w+ )?(?:support|serve|offer|host|provide|accept|include|cover|allow)\b"
    r"|\b(?:plan|subscription|tier|package) (?:\w+ )?(?:not|only) (?:support|include|cover|allow)s?\b|\b(?:rejects?"
    r"|rejected|refuses?|refused|forbids?|disallows?|excludes?)\b"
)
NONE_SERVES = _words(
    r"\bno (?:[\w-]+ ){0,3}(?:models?|endpoints?|channels?|deployments?|providers?|backends?|workers?|instances?"
    r"|distributors?|upstreams?|adapters?|accounts?(?=.{0,60}\bmodels?\b))\b(?! (?:that"
    r"|which) support)(?!.{0,40}\b(?:specified|given|provided|passed|selected)\b)|无可用渠道|没有可用"
)
LISTS_MODELS = _words(
    r"\b(?:supported|valid|available|allowed|known) (?:\w+ ){0,2}?models?(?: (?:names?|ids?))? (?:are|include)\b"
    r"|\b(?:supported|valid|available|allowed|known) (?:\w+ ){0,2}?models?(?: (?:names?|ids?))?:"
)
NO_ROUTE = _words(
    r"\bno (?:such )?(?:\w+ )?routes?\b|\b(?:route|url|path|uri)\b.{0,40}\bnot found|\b(?:invalid|unknown) (?:url|path"
    r"|route)\b"
)
NO_CHANNEL = _words(r"\bno (?:[\w-]+ ){0,3}(?:channels?|distributors?)\b(?! keys?\b)|无可用渠道")
DENIED_USE = _words(
    rf"{_NOT} (?:\w+ ){{0,3}}?(?:(?:have |has |had |granted )?(?:access|permissions?)\b|authori[sz]ed|entitled"
    r"|subscribed|activated|purchased|opened|eligible|approved|whitelisted|(?:allowed|permitted|able|enabled) (?:to\b"
    r"|for (?:your|the|this) (?:\w+ )?(?:account|project|organi[sz]ation|team|user|workspace|key|region|plan|tier"
    r"|subscription)))|\bno (?:access|permission)\b|\black(?:s|ing)? (?:\w+ )?(?:access|permission)"
    r"|\baccess\b.{0,60}\b(?:denied|restricted|blocked|forbidden|required|gated)|\b(?:denied|forbidden"
    r"|prohibited)\b.{0,20}\baccess\b|\bcan only (?:access|use|call)|\bpermission denied\b"
    r"|\bmust (?:first )?(?:request|be granted|accept|be verified)"
    rf"|{_NOT} (?:\w+ )?(?:filled (?:in|out)|submitted|completed|accepted|signed|agreed to)\b.{{0,40}}\b(?:forms?|terms"
    r"|agreement|questionnaire|licen[cs]e|verification)\b|无权|没有权限|未授权|无访问权限"
)
CLOSED = _words(
    rf"{_NOT} (?:\w+ ){{0,2}}?(?:allowed|permitted|included|covered)\b|\b(?:is|are|been|was)(?: \w+)? (?:blocked"
    r"|restricted|disabled|gated|disallowed|denied|prohibited|forbidden)\b|\b(?:only|exclusively"
    r"|limited) (?:be )?(?:available|accessible|offered|open|for|to|usable|used)\b|\bavailable only\b"
    r"|\brequires? (?:an? |the |your )?(?:[\w-]+ ){0,4}(?:subscription|plan|tier|upgrade|verification|verified|access"
    r"|approval|opt|terms|agreement)|\bmust (?:be )?(?:enabled?|subscribe|accept|agree)"
)
GONE = _words(
    r"\b(?:deprecated|retired|decommissioned|sunset(?:ted)?|shut ?down|discontinued|(?:been|was|is) removed"
    r"|end[- ]of[- ](?:its )?life|eol)\b|\bno longer \w+|已下线|下架|停用"
)
STARTING = _words(
    r"\b(?:loading|warming|initiali[sz]ing|scaling|cold|starting|not ready|overloaded|busy|saturated|degraded"
    r"|at (?:\w+ )?capacity|temporarily(?! rate)|experiencing"
    r"|(?:being|still|currently|just|getting) (?:\w+ )?(?:provision(?:ed|ing)|deploy(?:ed|ing)|creat(?:ed|ing)"
    r"|prepar(?:ed|ing)|updat(?:ed|ing)|restart(?:ed|ing)|pull(?:ed|ing)|download(?:ed|ing)|load(?:ed)|set up|spun up"
    r"|spinning up))\b"
)

MONEY = _words(
    r"\b(?:credits?(?! cards?\b)|balance|funds?|quota|money|wallet|allowance|allocation|(?<!rate )(?<!token )budget"
    r"|usd|points|prepayments?|spend(?:ing)? (?:limit|cap)s?|billing (?:hard )?limit|hard limit|(?:free"
    r"|trial)[ -](?:tier|trial"
    r"|plan|period|usage)|plan)\b|余额|额度|配额|资源包"
)
FUNDS = _words(
    r"\b(?:credits?(?! cards?\b)|(?<!load )balance|funds?|money|wallet|usd|points|prepayments?)\b|余额|资源包"
)
EMPTY = _words(
    r"\b(?:exhausted|depleted|insufficient|too low|used (?:up|all)|ran out|run out|running out|expired|empty|negative"
    r"|zero|exceed(?:s|ed)?|reached|not (?:\w+ )?enough|not sufficient|over|out of|isn't enough|consumed|lacks?|short"
    r"|below|remaining: 0|all available|spent|hit|no (?:more|remaining|available)|low|ended|failed)\b|(?:do|does"
    r"|did)(?:n't| not) have (?:\w+ )?(?:any|enough|sufficient)|不足|已用|用完|用尽|耗尽|过期|欠|失败"
)
DRAINED = _words(
    r"\b(?:exhausted|depleted|insufficient|too low|used (?:up|all)|ran out|run out|running out|empty|negative"
    r"|not (?:\w+ )?enough|not sufficient|out of|isn't enough|short of|all available|expired"
    r"|no accounts?)\b|\bno (?:more |remaining |available |\w+ )?(?=credit|balance|fund)|(?:do|does|did)(?:n't"
    r"| not) have (?:\w+ )?(?:any|enough|sufficient)|不足|用完|用尽|耗尽|欠"
)
OWING = _words(
    r"\b(?:dunning|overdue|arrears?|arrearage|unpaid|past[- ]due|delinquent|in good standing|(?:payment"
    r"|billing) (?:is )?(?:required|failed|needed|method|instrument|declined|information)|(?:pay|settle|outstanding"
    r"|past|open|unpaid) (?:\w+ )?(?:invoices?|bills?|balance)|failed payments?|billing (?:address"
    r"|is (?:not|disabled|inactive)|has not|account (?:is|has|not|in)|not)|(?:enable|activate|set ?up"
    r"|without(?: an?)?(?: \w+)?|no(?: \w+)?) billing|prepaid|positive balance|top(?:ping)?[- ]?up|recharge"
    r"|insufficient_\w*(?:quota|balance|credits?)|cards? on file"
    r"|(?:add|adding|attach|link|provide|enter|verify|register|without|no|missing|requires?|required?|needs?)"
    r"(?: (?!cards?\b)\w+){0,3} (?:credit|debit|bank|payment|valid) cards?"
    r"|cards? (?:\w+ ){0,2}(?:declined|expired|required|missing|rejected|refused))\b|欠费|充值|实名|付费|未支付"
)
PAY = _words(
    r"\b(?:add|buy|purchase|deposit|refill|load|get|have|need|obtain|without|requires?"
    r"|required?)(?: \w+){0,4} (?:credits?(?! cards?\b)|funds?|balance|payment|prepayment)\b"
    r"|\b(?:please )?pay (?:with|for|your)\b|\bupgrade\b.{0,40}\b(?:plan|subscription|account|tier|paid|pro"
    r"|billing)\b|\b(?:plan|subscription|tier) (?:does|do)(?:n't| not) (?:\w+ )?(?:include|cover|allow|support)\b"
    r"|\bnot (?:enabled|available|included|allowed) (?:on|in|with|for|under) (?:your|this|the) (?:\w+ )?(?:plan|tier"
    r"|subscription)\b|\b(?:paid|pro|active"
    r"|valid) (?:\w+ )?(?:plan|subscription|tier)\b|\b(?:subscribe|subscription) (?:to|is|has|required|expired"
    r"|inactive)|\bsubscription\b.{0,30}\b(?:expired|ended|cancel\w*|inactive|lapsed)|套餐|订阅"
)
SPENDING = _words(
    r"\bspend(?:ing)?[- ](?:limits?|caps?)|\b(?:over|exceed\w*|reached)(?: \w+){0,3} budget"
    r"|\bbudget\b.{0,30}\b(?:exceed\w*|exhausted|reached)|\busage blocked until|\bbilling (?:hard )?limit|\bhard limit"
)

KEY = _words(
    r"\b(?:x-)?(?:api|access|secret|subscription|license)[- _]?(?:key|token)s?\b|(?:\b(?:your|this|the|provided"
    r"|virtual|user|project|current) (?:\w+ )?|^)keys?\b(?! (?:in|of) )|\b(?:\w+_)?api_?key\b|\b(?:(?:auth\w*|oauth2?"
    r"|bearer|personal access|session|security|refresh|id|provided|your|jwt|user|setup|this) )tokens?\b(?! (?:count"
    r"|limit|usage|quota))|\btoken(?= (?:is|has|was|expired|invalid|not|status|revoked|belongs|you|that you|which you"
    r"|in your|from your|sent|used|supplied|given))|\bcredentials?\b"
    r"|\b(?:auth(?:entication|orization)?)(?: header)?\b|\bsignature\b|令牌|密钥|鉴权|认证|api ?key|身份"
)
BAD_KEY = _words(
    rf"{_NOT} (?:\w+ ){{0,3}}?(?:valid|found|exist|provided|recogni[sz]ed|supplied|correct|match|set|configured"
    r"|present|verified|accepted|authenticate\w*|validate\w*|registered|known|decrypt\w*|for)\b|\b(?:invalid|incorrect"
    r"|wrong|malformed|missing|required|unauthori[sz]ed|unauthenticated|failed|failure|mismatch|unknown|bad"
    r"|unrecogni[sz]ed|cannot be used|error"
    r"|(?:belongs? to|(?:is|was) (?:for|from|(?:issued|created|meant|made) (?:for|by|in|at|on)))"
    r" (?:an? |the )?(?:different|another|other|wrong))\b|无效|错误|失败|不正确|缺少"
)
KEY_FIRST = _words(
    r"\b(?:invalid|incorrect|wrong|malformed|missing|unauthori[sz]ed|no|bad|unknown|unrecogni[sz]ed|set|provide|supply"
    r"|pass|failed|could not validate|valid|verify your|check your)(?: \w+){0,2}\b|无效的?|错误的?"
)
REVOKED = _words(
    r"\b(?:disabled|restricted|suspended|deactivated|terminated|banned|blocked|locked|frozen|inactive|closed|revoked"
    r"|invalidated|leaked|compromised|flagged|deleted|archived|not active|not activated|not (?:been )?(?:enabled"
    r"|approved)|on hold|under review|paused|unsubscribed|cancell?ed|limited due)\b|禁用|冻结|封禁|停用|异常"
)
EXPIRED = _words(r"\b(?:expired|has lapsed|past its expir\w+)\b|过期")
ACCOUNT = _words(
    r"\b(?:accounts?|organi[sz]ations?|orgs?|users?|projects?|workspaces?|teams?|consumers?|tenants?|customers?"
    r"|members?|resource|service|subscription|project_\w+|virtual key|client)\b|账[户号]|用户"
)
NOT_FOR = _words(
    r"\b(?:ip|ip address|client ip|source ip|origin|referr?er|country|region|territory|location|virtual network"
    r"|firewall)\b"
)
BARRED = _words(
    rf"{_NOT} (?:\w+ ){{0,2}}?(?:allowed|permitted|supported|available|authori[sz]ed|whitelisted|in the"
    r"|on the)\b|\b(?:unsupported|restricted|blocked|forbidden|denied|is configured|prohibited|banned)\b"
)
FORBIDDEN = _words(
    rf"{_NOT} (?:\w+ ){{0,2}}?(?:authori[sz]ed (?:to|for)|have (?:\w+ )?permissions?|permitted to)"
    r"|\boperation (?:is )?not (?:allowed|permitted)|\binsufficient (?:\w+ )?(?:permissions?|scopes?|privileges?)"
    r"|\bpermission\b.{0,20}\bdenied|\bmissing (?:\w+ )?(?:permissions?|scopes?)|\baccess (?:is )?denied"
    r"|\b(?:unauthori[sz]ed|not logged in|login required|log ?in again|sign(?:ing)? in again|please (?:log|sign) in"
    r"|re-?authenticate|run /login)\b|\brequires? (?:\w+ ){0,3}(?:permissions?|role|scope)|\bonly authori[sz]ed\b"
    r"|未登录|登录"
)
WRONG_TOKEN = _words(
    rf"{_NOT} (?:\w+ ){{0,3}}?(?:be used|supported|valid|accepted|allowed|permitted|intended|usable)\b"
    r"|\b(?:cannot be used|is for|only be used|only (?:valid|authori[sz]ed)|can only|instead of|belongs to"
    r"|wrong (?:type|kind))\b"
)

TOO_LONG = _words(
    r"\bcontext (?:length|window|limit|size)|\bmaximum (?:context|prompt|input|sequence)|\binput (?:token )?length"
    r"|上下文|(?:prompts?|inputs?|messages?|conversation|request|context|history) (?:is |are |was )?(?:too (?:long"
    r"|large|big))|\btoo many (?:input |prompt )?tokens(?! per)|\binput tokens exceed|(?:prompt|input|request\w*"
    r"|messages|conversation|content)\b.{0,60}\b(?:exceed(?:s|ed|ing)?|longer than|over|larger than"
    r"|greater than)\b.{0,60}\b(?:tokens?|limit of|length|context)|\btokens?\b.{0,40}must be(?! (?:greater|positive"
    r"|at least|more|an? ))|current length is \S+ while limit|\btokens? (?:length|limit) (?:exceed|too long)|\bn_ctx\b"
    r"|\btokens\b.{0,30}\bexceed.{0,40}\b(?:max\w*|limit|context|length|window)|\b(?:reduce|shorten) (?:the "
    r"|your )?(?:length|prompt|messages|input)"
)
FILTERED = _words(
    r"\bviolat(?:es?|ed|ing|ion)\b.{0,40}\b(?:polic\w+|usage|content|safety|guidelines)|\bcontent (?:policy|management"
    r"|filter\w*|moderation)|\b(?:moderation|inappropriate|flagged (?:as|by|for)|high risk|harmful|safety (?:system"
    r"|filter\w*|checks?|polic\w+))\b|\b(?:input|prompt|output) (?:was |is |has been )?(?:flagged|blocked)|敏感|违规"
    r"|违反.{0,12}(?:政策|规范|条款)"
)
LOAD = _words(
    r"\boverload\w*|\b(?:at|over|no|insufficient|limited|out of|exceed\w*|reached)(?: \w+)? capacity\b"
    r"|\bcapacity (?:limits?|constraints?|exceeded|reached|exhausted|issues?)|\bhigh (?:\w+ )?(?:demand|load|traffic"
    r"|volume)|\b(?:is|are|too|currently|server|engine|system|model) busy\b|^busy|\bconcurren(?:t"
    r"|cy)\b.{0,30}\b(?:limit|exceed\w*|request|max\w*|reached)|\b(?:exceed\w*|limit|too many"
    r"|max\w*)\b.{0,30}\b(?:concurren|parallel)|\bdegraded\b|\bwarming up|\bcold start|\b(?:is|are|still|currently"
    r"|being) (?:\w+ )?(?:loading|starting|initiali[sz]ing|scaling|warming|booting)|\bloading model|\bslow down\b"
    r"|\bqueue\b.{0,20}\b(?:full|long|limit|exceeded)|\bnot ready\b|\btemporarily\b(?! rate|.{0,20}\b(?:suspended"
    r"|banned))|繁忙|过载|并发|拥挤|负载"
)
BUSY_SERVER = _words(
    r"\boverload\w*|\b(?:at|over|no|insufficient|out of)(?: \w+)? capacity\b|\bcapacity (?:limits?|constraints?"
    r"|exceeded|reached|exhausted)|\bhigh (?:demand|load|traffic)|\btoo busy|\b(?:server|system|model"
    r"|engine) (?:is )?(?:currently |too )*busy|\bslow down\b|\btemporarily offline|\bloading model"
    r"|\bmodel\b.{0,60}\b(?:is|currently|still) loading|\bconcurrency limit|\bqueue (?:is )?full"
    r"|\btoo many (?:concurrent )?requests|\brate.?limit|繁忙|过载|负载"
)
RATE = _words(
    r"\brate[- ]?limit\w*|\bresources? (?:has been |is |are )?exhausted|\bthrottl\w+|\btoo many (?:requests|calls"
    r"|connections|messages)|\brequest rate\b|\b(?:requests|calls|messages)\b.{0,40}\btoo (?:quickly|fast|frequently"
    r"|often)|\b(?:requests?|tokens?|calls?) per[- ](?:second|minute|min)\b|\b[rt]pm\b|\brequest frequency|频率|限流"
    r"|请求过多|请求数|速率"
)
_COUNTED = (
    r"(?:messages?|requests?|generations?|completions?|calls?|prompts?|queries|questions|turns?|responses?|tokens?"
    r"|uses?"
    r"|usage|minutes|units)"
)
_ADJECTIVES = r"(?:(?:free|premium|remaining|available|daily|monthly|trial|included|your|api|chat|fast|more) ){0,3}"
#: An allowance that is counted in requests comes back, unlike money.
_USED_UP = (
    rf"\bout of {_ADJECTIVES}{_COUNTED}\b|\bno (?:more|remaining|free) {_ADJECTIVES}{_COUNTED}\b"
    rf"|\b(?:no|zero|0) {_ADJECTIVES}{_COUNTED} (?:left|remaining|available)\b"
    r"|\b(?:used|consumed|spent|exhausted)(?: (?:up|all|of|your|the|its|their|\d+)){1,4} (?:[\w-]+ ){0,3}"
    rf"{_COUNTED}\b|\b{_COUNTED} (?:\w+ )?(?:used up|exhausted|depleted|ran out)\b"
)
WINDOW = _words(
    rf"{_USED_UP}|\bper[- ]?(?:day|week|month)\b|\b(?:hourly|daily|weekly|monthly)\b"
    r"|\bsession (?:usage )?limit|\b\d+-(?:day|hour)\b|\b(?:plan|usage|message) limit|\b(?:limit|quota"
    r"|usage)\b.{0,40}\breset|\bper (?:24|\d+) hours"
    r"|每[日天月周]"
)
LATER = _words(
    r"\b(?:try|retry)(?: again)? (?:later|shortly|soon|after|in (?:\d|an?\b|some))|\btry again\b.{0,10}\b(?:later"
    r"|moment|minutes?|seconds?)|\bin a (?:moment|few)|\bwait (?:a|and|for|\d)|稍后|重试"
)
UNSUPPORTED = _words(
    r"\bunsupported parameter|\bnot supported\b|\b(?:does|do)(?:n't| not) support\b|\bonly supports?\b"
    r"|\bunexpected endpoint|\bnot a chat model"
)
